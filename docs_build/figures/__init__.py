"""The figures and tables of the documentation, a module for each subject."""
