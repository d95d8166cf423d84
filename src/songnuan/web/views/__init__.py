"""The pages: each view asks a journey or a query and hands the answer to a template."""
