"""Python's csv module: python.py INPUT OUTPUT prints one JSON line as the other peers do."""

import csv
import json
import re
import resource
import sys
import time

source, target = sys.argv[1:3]
started = time.perf_counter()
cpu_started = time.process_time()
encoding = "cp932" if "cp932" in source else "utf-8"
stores = {str(n): ["SHOP_%d" % n, str(n), "TLTLTLLL01", "UPCA"] for n in range(1, 31)}
whole = re.compile(r"-?\d+$").match
seen = set()
with open(source, encoding=encoding, newline="") as lines, open(target, "w", encoding="utf-8", newline="") as out:
    rows = csv.reader(lines)
    write = csv.writer(out, lineterminator="\n").writerow
    write(["facilityId", "externalFacilityId", "locationSeqId", "idType", "idValue", "availableQty"])
    header = next(rows)
    code = header.index("商品コード")
    if "在庫数" in header:
        columns = [(header.index("店舗ID"), header.index("在庫数"))]
    else:
        columns = [(str(n), header.index("店舗%d在庫" % n)) for n in range(1, 31)]
    for row in rows:
        product = row[code].strip()
        for store, quantity in columns:
            store = store if isinstance(store, str) else row[store]
            if store not in stores or not whole(row[quantity]):
                continue
            key = (store, product)
            if key in seen:
                continue
            seen.add(key)
            write(stores[store] + [product, row[quantity]])
seconds = time.perf_counter() - started
resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
cpu = time.process_time() - cpu_started
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "residentMegabytes": resident}))
