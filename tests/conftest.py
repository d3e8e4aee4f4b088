"""What every suite may use."""
