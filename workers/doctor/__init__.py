"""``octavo doctor``: what works on this machine, what it lacks, how to mend that. Everything is tried.

``packages`` comes first and needs none of the other packages: where theirs is not what is imported, nothing
else can be trusted. ``examination`` has all the rest.
"""
