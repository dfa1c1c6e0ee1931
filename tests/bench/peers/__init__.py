"""What ours is measured beside, and what the machine itself could do."""
