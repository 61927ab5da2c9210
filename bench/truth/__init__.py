"""How near our figures come to the truth of invented worlds, beside the usual practice: ``python -m bench.truth``.

A world knows what each catalogue truly lists on each day. An observer looks at it with the habits of a real one; what
it brings home passes the real judge, the real history and the real linking, and the real snapshot measures it. Only
fetching and parsing are left out. The worlds import nothing of the code they test.
"""
