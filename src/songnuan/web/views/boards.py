"""The board of an emergency plan: for a wall and for a phone; it renews itself, and only reads."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.web.board_page import board_of
from songnuan.web.board_tree import ON_WALL, TILES, place_of
from songnuan.web.views.shared import reader_of

PART = "X-Songnuan-Part"
"""What the script of the board sends with its question: it takes in the part that moves alone."""


@login_required
@never_cache
@require_safe
def board(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the board of a plan, of the node asked for, or the highest that the reader sees."""
    reader = reader_of(request)
    is_wall = request.GET.get("wall") == "1"
    place = place_of(measure_id, request.GET.get("node", ""), reader)
    found = board_of(place, reader, ON_WALL if is_wall else TILES)
    context = {
        "board": found,
        "wall": is_wall,
        "frame": "web/board_wall.html" if is_wall else "web/base.html",
        "again": request.get_full_path(),
        "keep": "&wall=1" if is_wall else "",
    }
    template = "web/parts/board.html" if PART in request.headers else "web/board.html"
    return render(request, template, context)


urlpatterns: list[URLPattern] = [path("emergency/<int:measure_id>/board/", board, name="board")]
