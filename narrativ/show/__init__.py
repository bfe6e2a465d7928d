"""Results on a terminal; computes nothing."""
