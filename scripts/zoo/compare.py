"""How far one output is from what it should be."""
import numpy as np


def place(index, shape):
    """An element's number and, of several axes, its coordinates."""
    if len(shape) < 2:
        return f"element {index}"
    return f"element {index} ({', '.join(str(int(i)) for i in np.unravel_index(index, shape))})"


def special_difference(ours, theirs):
    """Where only one has an infinity or NaN, or another one, in words; nothing if nowhere."""
    a, b = np.ravel(ours), np.ravel(theirs)
    same = (a == b) | (np.isnan(a) & np.isnan(b)) | (np.isfinite(a) & np.isfinite(b))
    wrong = np.flatnonzero(~same)
    if len(wrong) == 0:
        return ""
    first = int(wrong[0])
    return f"{place(first, np.shape(theirs))} is {a[first]:g} instead of {b[first]:g}, the first of {len(wrong)} such"


def largest_difference(ours, theirs):
    """Of the elements that are finite, over the range of theirs."""
    a, b = np.ravel(ours).astype(np.float64), np.ravel(theirs).astype(np.float64)
    finite = np.isfinite(a) & np.isfinite(b)
    if not finite.any():
        return 0.0
    a, b = a[finite], b[finite]
    span = float(b.max() - b.min()) or float(np.abs(b).max()) or 1.0
    return float(np.abs(a - b).max()) / span
