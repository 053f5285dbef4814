"""The local run: this repository's own template.yaml, deployed to AWS on one machine (docs/adr/0004-local-run.md).

`main` drives it: `build` packs the functions and layers, `template` expands the SAM template, `server` runs ministack
behind `gateway`, `deploy` creates or updates the stack in it, `demo` makes what the user pastes. `endpoint` is for
other programs that want to reach a local run.
"""
