"""How a packet is put together and taken apart: the zip, the bag in it, the statement of contents, and opening."""
