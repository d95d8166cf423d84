"""Songnuan (送暖) runs a written care or response plan and shows that every clause was carried out."""

__version__ = "0.1.0"
