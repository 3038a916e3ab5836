"""Why something that was fetched or uploaded could not be read, in words for the person who has to mend it."""


class Unreadable(ValueError):
    """No article, feed or text could be made of the bytes. The message says what is wrong and the mend."""


class TooHeavy(Unreadable):
    """Reading it would take, or took, more bytes, memory or time than one document may."""
