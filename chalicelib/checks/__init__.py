"""Everything that can be wrong with a deployment, each thing with its cure: one list, which two printers share.

`/health` prints the cheap checks, which are answered from what the workers met and stored, in few reads however many
sellers there are. `python -m tools doctor` prints all; the live ones ask the services, or read more.

A new check is a function under `@check` or `@check_of_seller` in a module here. What it asks of AWS for the first time,
`.chalice/policy-api.json` must allow where it is cheap; all cheap ones together have some 20 reads, whatever the number
of sellers. One that needs what does not ship (the template, CloudFormation, Lambda's own configuration) stands in
`tools/doctor/`, in the same list.
"""
