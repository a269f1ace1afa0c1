"""How far the laws of the States meet: offence by offence, element by element, pair by pair."""
