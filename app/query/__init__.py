"""Reading: the filters, the plan that turns them into one SQL statement, pages, facets, undertakings and threads.

Every list of the API, the explorer, the command line and every format is read here.
"""
