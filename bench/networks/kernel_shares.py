"""Which kernels a network's cost, time or instructions, goes into."""

HEADER = "| {} | network | operator | kernel | share |\n| --- | --- | --- | --- | --- |"


def shares(layers):
    """Of (operator, kernel, cost): the share of each operator's kernel, the largest first."""
    sums = {}
    for op, kernel, cost in layers:
        sums[op, kernel] = sums.get((op, kernel), 0) + cost
    whole = sum(sums.values())
    return sorted(((cost / whole, *key) for key, cost in sums.items()), reverse=True)


def show(where, network, layers, least):
    """Rows of a table in Markdown: those of at least so many percent."""
    for share, op, kernel in shares(layers):
        if 100 * share >= least:
            print(f"| {where} | {network} | {op} | {kernel} | {100 * share:.1f} % |", flush=True)
