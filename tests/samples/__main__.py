"""Write into sample files what their events are now, by their folder's format."""

import json
import sys
from pathlib import Path

from event_api.normalizers import NormalizeError, normalize
from tests.samples import read_sample, written

for file in map(Path, sys.argv[1:]):
    told = json.loads(file.read_text(encoding="utf-8"))
    try:
        sample = read_sample(file.resolve())
        told["events"] = [written(event) for event in normalize(sample.format, sample.payload)[1]]
    except (ValueError, NormalizeError) as error:
        sys.exit(f"{file}: {error}")
    file.write_text(json.dumps({"headers": {}} | told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{file}: {json.dumps(told['events'], indent=2, ensure_ascii=False)}\n")
