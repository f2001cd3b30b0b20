"""When there is water enough."""

HIGH_WATER = {"monday": "06:20", "tuesday": "07:05"}
