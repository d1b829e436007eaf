"""Scenarios with private types: a threat that may be a bluff, and a game without an end."""

from __future__ import annotations

STANDOFF = """\
scenario: standoff
title: A threat that may be a bluff
calendar: {start: 2020-09-01, step: 1 month, periods: 6}
state:
  crisis: {levels: [calm, threatened, yielded, war], start: calm}
  patrols: {levels: [none_out, out], start: none_out}
parameters:
  bold: {value: 0.4, range: [0.2, 0.6], assumption: true}
  prize: {value: 1, range: [0.5, 2], assumption: true}
  reelected: {value: 0.3, range: [0.1, 0.5], assumption: true}
terms:
  fought: crisis == war
players:
  us:
    name: The United States
    rationality: 6
    discount: 0.95
    types: {resolved: bold, bluffing: rest}
    belief_points: 11
    interests:
      prize: prize * 0.3 * (crisis == yielded)
      war: {by: type, resolved: -0.1 * fought, bluffing: -1 * fought}
    actions:
      wait:
      threaten:
        when: crisis == calm
        costs: 0.1 + 1.2 * (type == bluffing)
        effects: [{crisis: threatened}]
      strike: {when: crisis == threatened, effects: [{crisis: war}]}
  iran:
    name: Iran
    rationality: 6
    discount: 0.95
    interests: {war: -0.8 * fought, face: -0.1 * (crisis == yielded)}
    actions:
      hold:
      give_way: {when: crisis == threatened, effects: [{crisis: yielded}]}
  militias:
    name: The militias
    rationality: 3
    interests: {patrols: -0.1 * (patrols == out)}
    actions:
      lie_low:
      harass: {costs: 0.05}
  iraq:
    name: Iraq
    rationality: 3
    interests: {quiet: -0.2 * fought}
    actions:
      watch: {effects: [{patrols: none_out}]}
      patrol: {costs: 0.1, effects: [{patrols: out}]}
events:
  election:
    when: date == 2020-11-03
    outcomes:
      - {probability: 1 - reelected, redraw: {us: {resolved: 0.5, bluffing: rest}}}
order: [us, iran, election, [militias, iraq]]
measures:
  war: ever(crisis == war)
  threats: played(us, threaten)
  war_if_resolved: {of: ever(crisis == war), given: type(us) == resolved}
  worth_if_bluffing: {of: payoff(us), given: type(us) == bluffing}
  read_after_threat: belief(us, resolved) after threaten
  trust_at_the_end: final(belief(us, resolved))
policies:
  patience: {player: us, rules: [{when: crisis == calm, play: wait}, {play: wait}]}
"""

FOR_EVER = """\
scenario: rivals
title: Two rivals without an end
calendar: {start: 2020-01-01, step: 1 month, periods: forever}
state: {tension: {levels: [low, high], start: low}}
players:
  east:
    name: The East
    rationality: 3
    discount: 0.8
    types: {hard: 0.3, soft: rest}
    belief_points: 5
    interests: {calm: {by: type, hard: -0.1 * (tension == high), soft: -0.6 * (tension == high)}}
    actions:
      ease: {effects: [{tension: low}]}
      press: {effects: [{tension: high}]}
  west:
    name: The West
    rationality: 3
    discount: 0.8
    interests: {calm: -0.5 * (tension == high)}
    actions:
      wait:
      answer: {when: tension == high, costs: 0.1, effects: [{tension: low, probability: 0.5}]}
measures:
  worth: payoff(west)
"""
