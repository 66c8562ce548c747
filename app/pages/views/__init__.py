"""The pages of the explorer: one module for each kind of page, with its router."""
