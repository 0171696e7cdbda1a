"""Figures in each output format: tables for a terminal, JSON and CSV for programs."""
