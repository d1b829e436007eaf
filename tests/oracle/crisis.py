"""A small scenario that uses whatever makes the flagship hard: it ends, resets, and costs."""

CRISIS = """
scenario: crisis
title: Ends, resets, outcome costs, first moves
calendar: {periods: 4}
state:
  tension: {levels: 0..3, start: 1}
  raid: {levels: [no_raid, raided], start: no_raid, ordered: false, resets: true}
  rule: {levels: [old, new], start: old, ordered: false}
parameters: {success: {value: 0.35, range: [0.2, 0.6], assumption: true}}
players:
  raider:
    rationality: 2
    discount: 0.9
    interests: {fear: 0.6 * tension, quiet: "-1.2 * (raid == raided) * (tension == 3)"}
    final: {grip: rule == new}
    actions:
      rest_up: {otherwise: true}
      strike:
        when: tension < 3 or period > 2
        costs: {raider: 0.2}
        effects:
          - {raid: raided}
          - outcomes:
              - {probability: success, effects: [{tension: 1}], costs: {guard: 1, raider: -0.3}}
              - {probability: 0.25, costs: {raider: 0.8}}
      talk: {effects: [{tension: -1, probability: 0.5 + 0.1 * period}]}
  guard:
    rationality: 3
    interests: {calm: -tension, hits: "-0.5 * (raid == raided)"}
    actions:
      watch: {}
      search: {costs: 0.15, effects: [{tension: 1, probability: 0.2}, {raid: no_raid}]}
events:
  vote:
    when: period == 2
    outcomes: [{probability: 0.4, effects: [{rule: new}], costs: {guard: 0.7}}]
  drift: [{tension: -1, probability: 0.15}]
order: [raider, guard, {step: raider, when: "last(guard) == search"}, vote, drift]
ends: tension == 3 and raid == raided
measures:
  war: ever(tension == 3)
  when_war: first(tension == 3)
  tense: mean(tension)
  late: final(tension)
  strikes: played(raider, strike)
  strikes_low: played(raider, strike, tension < 2)
  ever_search: ever(played(guard, search))
  votes: happened(vote)
  cooled: ever(happened(drift, tension > 1))
  war_new: {of: ever(tension == 3), given: rule == new}
  share_strike: {of: "played(raider, strike)", given: tension == 2}
  tense_raided: {of: mean(tension), given: raid == raided}
  raider_gets: payoff(raider)
"""
