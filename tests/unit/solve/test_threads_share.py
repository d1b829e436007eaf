"""A game that several threads solve at once gives each the same answer."""

from concurrent.futures import ThreadPoolExecutor

from countermove import compile, load, simulate, solve


def test_one_game_in_several_threads():
    game = compile(load("blockade"))
    alone = solve(game, threads=1)
    sampled = simulate(alone, paths=500, threads=1)

    def everything(_):
        found = solve(game, threads=1)
        fans = found.forward().mass
        return found.payoffs, fans, simulate(found, paths=500, threads=1).measures

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(everything, range(8)))
    for payoffs, fans, measures in results:
        assert payoffs == alone.payoffs
        assert (fans == alone.forward().mass).all()
        assert {n: e.n for n, e in measures.items()} == {
            n: e.n for n, e in sampled.measures.items()
        }
        assert str(measures) == str(sampled.measures)
