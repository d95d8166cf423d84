"""Layouts of bank files (代发模板): how a bank wants to be told whom to pay, and how its answer is read."""
