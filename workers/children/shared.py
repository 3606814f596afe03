"""What all children share: imported last in the fork server, where it is made once."""

from models.layout.networks import activate

activate()
