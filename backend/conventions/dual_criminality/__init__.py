"""Whether conduct is an offence of the requested State too, element by element."""
