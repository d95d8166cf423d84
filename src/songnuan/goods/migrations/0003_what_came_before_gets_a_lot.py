"""What was received before lots were kept gets a lot without number and date, one for each purchase line."""

from collections import defaultdict

from django.db import migrations

SUPPLIER, STORE = "supplier", "store"


def give_lots(apps, _editor):
    """Replay every movement in its order by lot; hand-overs take from purchases that still stand first."""
    model = {name: apps.get_model("goods", name) for name in (
        "Kit", "Store", "Lot", "PurchaseLine", "Movement", "MovementLine", "StockLevel")}
    for kit in model["Kit"].objects.select_related("measure").order_by("pk"):
        store, _new = model["Store"].objects.get_or_create(plan_id=kit.measure.plan_id)
        _replay(model, kit, store)


def _replay(model, kit, store):
    lines = list(model["PurchaseLine"].objects.filter(purchase__kit=kit).select_related("purchase").order_by("pk"))
    lots, came = {}, defaultdict(int)
    levels = defaultdict(int)
    model["StockLevel"].objects.filter(kit=kit).delete()

    def lot_of(line):
        if line.pk not in lots:
            lots[line.pk] = model["Lot"].objects.create(store=store, item_id=line.item_id, line=line)
        return lots[line.pk]

    def taken(movement, item_id, packs):
        """Return packs by lot: of a delivery into open lines, else out of what the store holds."""
        mine = [line for line in lines if line.item_id == item_id]
        if movement.kind == "receive":
            mine = [line for line in mine if line.purchase_id == movement.purchase_id]
            room = {line.pk: line.quantity - came[line.pk] for line in mine}
        else:
            of_it = movement.purchase_id
            mine.sort(key=lambda line: (
                line.purchase_id != of_it if of_it else line.purchase.cancelled_at is not None, line.pk))
            room = {line.pk: levels[lots[line.pk].pk, STORE] if line.pk in lots else 0 for line in mine}
        found = {}
        for line in mine:
            part = min(room[line.pk], packs)
            if part > 0:
                found[lot_of(line).pk] = part
                came[line.pk] += part if movement.kind == "receive" else 0
                packs -= part
        if packs:
            raise ValueError(f"movement {movement.pk}: {packs} packs of item {item_id} come from nowhere")
        return found

    for movement in model["Movement"].objects.filter(kit=kit).order_by("pk"):
        old = list(model["MovementLine"].objects.filter(movement=movement).order_by("pk"))
        model["MovementLine"].objects.filter(movement=movement).delete()
        source = {line.item_id: line.place for line in old if line.quantity < 0}
        for line in old:
            if line.quantity < 0:
                continue
            for lot, part in taken(movement, line.item_id, line.quantity).items():
                for place, packs in ((source[line.item_id], -part), (line.place, part)):
                    model["MovementLine"].objects.create(
                        movement=movement, item_id=line.item_id, lot_id=lot, place=place, quantity=packs)
                    levels[lot, place] += packs
        # What went back leaves room for another delivery.
        if movement.kind == "send_back":
            for line in lines:
                if line.purchase_id == movement.purchase_id:
                    came[line.pk] = 0
    rows = {lot.pk: lot for lot in lots.values()}
    model["StockLevel"].objects.bulk_create(
        model["StockLevel"](kit=kit, item_id=rows[lot].item_id, lot_id=lot, place=place, quantity=packs)
        for (lot, place), packs in sorted(levels.items())
        if place != SUPPLIER
    )


def take_lots(apps, _editor):
    """Put the lots of an item together again; what needs lots stands in the way."""
    line_of, level_of = (apps.get_model("goods", name) for name in ("MovementLine", "StockLevel"))
    for rows, key in ((line_of, ("movement_id", "item_id", "place")), (level_of, ("kit_id", "item_id", "place"))):
        sums = defaultdict(int)
        for row in rows.objects.select_related("lot__line__purchase").order_by("pk"):
            row.item_id = row.lot.item_id
            if rows is level_of:
                row.kit_id = row.lot.line.purchase.kit_id
            sums[tuple(getattr(row, name) for name in key)] += row.quantity
        rows.objects.all().delete()
        rows.objects.bulk_create(
            rows(**dict(zip(key, found, strict=True)), quantity=quantity)
            for found, quantity in sums.items()
            if quantity or rows is level_of
        )


class Migration(migrations.Migration):

    dependencies = [
        ('goods', '0002_lots_counts_donations'),
    ]

    operations = [migrations.RunPython(give_lots, take_lots)]
