"""Every page that a role can reach: WCAG 2.2 AA by axe, no sideways scrolling, nothing inline, a strict policy."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.demo_site import DESKTOP, PHONE, SMALL_PHONE, Site, Windows
from playwright.sync_api import Page
