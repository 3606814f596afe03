"""Text recognition: page pictures to lines of words."""
