"""One module a version; what has been released is never changed."""
