"""The shape of every data file, as frozen structs: a file that does not fit is refused with the place of the fault."""
