"""How the weights of the signature detector were made: pages drawn by rule, and a network trained on them.

Nothing here runs in the service. It needs the ``train`` extra; ``../CARD.md`` says how to run it.
"""
