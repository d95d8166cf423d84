import time
from uuid import uuid4
import pytest
from django.db import connection
from payments.living import KEPT_UNTIL, NIGHT
from payments.releasing import AFTER, make_release_house
from songnuan.benefits.models import Reckoning
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.bulk import load
from songnuan.kernel.sealing import blind_index, seal_texts
from songnuan.payments import checks, forgetting_checks
from songnuan.payments.freezing import line_digest, name_index, whole_digest
from songnuan.payments.models import PaymentBatch, PaymentInstruction, PaymentLine, PaymentList
from songnuan.people.columns import PLACES
from songnuan.people.models import Person, PersonStatus

N = 20_000

@pytest.mark.django_db(transaction=True)
def test_measure():
    house = make_release_house(released=True)
    house.hand({1: (True, ""), 2: (True, "")}); house.sign(); house.book_cash()
    one = house.row
    with connection.cursor() as c:
        if connection.vendor == "sqlite":
            c.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND sql LIKE '%BEFORE INSERT%'")
            kept = []
            for (n,) in c.fetchall(): c.execute(f"DROP TRIGGER {n}")
        else:
            c.execute("SET session_replication_role = replica")
    unit = house.lists.register.staff.unit_id
    accounts = seal_texts(PLACES["account"], [f"62220{i:014}" for i in range(N)])
    numbers = seal_texts(PLACES["id_number"], [f"11010119{i:010}" for i in range(N)])
    keys = [uuid4().hex for _ in range(N)]
    Person.objects.bulk_create([Person(key=k, name="", status=PersonStatus.ERASED, created_at=AFTER, changed_at=AFTER) for k in keys], batch_size=2000)
    ids = list(Person.objects.filter(key__in=keys).order_by("pk").values_list("pk", "key")) if False else list(Person.objects.order_by("-pk").values_list("pk","key")[:N])[::-1]
    r = Reckoning.objects.get(pk=one.reckoning_id); r.pk=None; r.is_listed=True; r.save()
    lst = PaymentList(measure_id=one.measure_id, reckoning=r, fund_id=one.fund_id, number=99, lines_count=N, people_count=N, total_minor=N*100, digest="", status="returned", made_at=AFTER)
    rows=[]; digests=[]
    for i,(pk,key) in enumerate(ids):
        name=f"张{i}"; ii=f"{i:032x}"
        d=line_digest((key,key,unit,"",1,"[]",100,name_index(name),ii,ii,"银行")); digests.append(d)
        rows.append((pk,name,numbers[i],ii,accounts[i],ii,d))
    lst.digest=whole_digest(iter(digests)); lst.save()
    load(PaymentLine, ("payment_list","position","payee","qualifier","unit","relation","days","counted","amount_minor","name","id_number","id_index","account","account_index","bank","digest"),
      ((lst.pk,i+1,pk,pk,unit,"",1,"[]",100,name,num,ii,acc,ai,"银行",d) for i,(pk,name,num,ii,acc,ai,d) in enumerate(rows)))
    b = PaymentBatch.objects.filter(payment_list=one).first(); b.pk=None; b.payment_list=lst; b.lines_count=N; b.total_minor=N*100; b.save()
    lines = dict(PaymentLine.objects.filter(payment_list=lst).values_list("position","pk"))
    res = PaymentInstruction.objects.first().result_id
    load(PaymentInstruction, ("batch","position","line","amount_minor","name","account","account_index","bank","status","reason","result"),
      ((b.pk,i+1,lines[i+1],100,name,acc,ai,"银行","failed","户名不符",res) for i,(pk,name,num,ii,acc,ai,d) in enumerate(rows)))
    if connection.vendor == "postgresql":
        with connection.cursor() as c: c.execute("SET session_replication_role = DEFAULT")
    t=time.time(); found=list(forgetting_checks._lines()); print("check lines", round(time.time()-t,2), found)
    t=time.time(); erase_rosters(actor=SYSTEM, at=NIGHT); print("night", round(time.time()-t,2))
    assert not PaymentLine.objects.filter(payment_list=lst, name__gt="").exists()
    assert not PaymentInstruction.objects.filter(line__payment_list=lst, account__isnull=False).exists()
    t=time.time(); found=list(forgetting_checks._lines()); print("check lines after", round(time.time()-t,2), found)
    t=time.time(); erase_rosters(actor=SYSTEM, at=NIGHT); print("night again", round(time.time()-t,2))
    t=time.time(); checks.verify(NIGHT.date()); print("verify", round(time.time()-t,2))
