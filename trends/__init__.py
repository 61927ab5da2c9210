"""History -> measures. Pure pandas: frames in, frames out."""
