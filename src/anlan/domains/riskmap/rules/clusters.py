"""How fine the map gathers its points at a zoom."""

SINGLES_MOST = 400  # more points than this in view are drawn as groups: more signs could not be told apart
CELL_PX = 64  # a group's cell on the screen
TILE_PX = 512  # the world's width at zoom 0, as MapLibre draws it
ZOOM_FINEST = 20


def cells_per_degree(zoom):
    """Cells in one degree of longitude at a zoom."""
    zoom = max(0.0, min(float(zoom), ZOOM_FINEST))
    return TILE_PX * 2**zoom / 360 / CELL_PX


def read_box(text):
    """(west, south, east, north) of "w,s,e,n" in degrees, or None where it is none."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    is_sound = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if is_sound else None
