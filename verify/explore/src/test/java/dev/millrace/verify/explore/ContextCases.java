package dev.millrace.verify.explore;

import java.util.List;
import java.util.stream.Stream;

/// More of what is explored: of contexts node by node, and of waits, for faults that the other protocols do not come to or do not tell apart.
final class ContextCases {
    static final List<Case> CONTEXTS = List.of(
            Case.of("tree, second cancel waits", 2, ContextTreeProtocols::secondCancelWaits).shows(17),
            Case.of("tree, cancelled from within", 2, ContextTreeProtocols::cancelledFromWithin).shows(18),
            Case.of("tree, ended once", 2, ContextTreeProtocols::endedOnce).shows(17),
            Case.of("tree, child known once", 2, ContextTreeProtocols::childKnownOnce).shows(18),
            Case.of("tree, taken off once", 2, ContextTreeProtocols::takenOffOnce).shows(18),
            Case.of("tree, weak becomes strong", 2, ContextTreeProtocols::weakBecomesStrong).shows(18),
            Case.of("tree, gone makes room", 2, ContextTreeProtocols::goneMakesRoom).shows(18),
            Case.of("tree, timer of the ended", 2, ContextTreeProtocols::timerOfTheEnded).shows(18),
            Case.of("tree, timer ends with parent", 2, ContextTreeProtocols::timerEndsWithParent).shows(18),
            Case.of("tree, no memory for a timer", 2, ContextTreeProtocols::noTimer).shows(18),
            Case.of("tree, deadline past below ended", 2, ContextTreeProtocols::deadlinePastBelowEnded).shows(18),
            Case.of("tree, deadline asked by two", 2, ContextTreeProtocols::deadlineAskedByTwo).shows(18),
            Case.of("merged is asked", 2, ContextMergeProtocols::mergedIsAsked).shows(18),
            Case.of("merged of ended", 2, ContextMergeProtocols::mergedOfEnded).shows(18),
            Case.of("merged leaves parents", 2, ContextMergeProtocols::mergedLeavesParents).shows(18),
            Case.of("merged cross", 2, ContextMergeProtocols::mergedCross).shows(17),
            Case.of("merged, descendants", 2, ContextMergeProtocols::mergedDescendants).shows(18),
            Case.of("merged is held", 2, ContextMergeProtocols::mergedIsHeld).shows(18),
            Case.of("foreign ends", 2, ContextForeignProtocols::foreignEnds),
            Case.of("foreign is left", 2, ContextForeignProtocols::foreignIsLeft),
            Case.of("foreign is left meanwhile", 2, ContextForeignProtocols::foreignIsLeftMeanwhile),
            Case.of("foreign is asked", 2, ContextForeignProtocols::foreignIsAsked),
            Case.of("lingers", 2, ContextForeignProtocols::lingers),
            Case.of("foreign fails", 2, ContextForeignProtocols::foreignFails),
            Case.punctual("lingers after ended", 1, ContextForeignProtocols::lingersAfterEnded),
            Case.of("lingering is closed", 2, ContextForeignProtocols::lingeringIsClosed),
            Case.of("lingering leaves no timer", 2, ContextForeignProtocols::lingeringLeavesNoTimer),
            Case.of("lingering without a timer", 2, ContextForeignProtocols::lingeringWithoutTimer),
            Case.of("lingering ends, and begins", 2, ContextForeignProtocols::lingeringIsEndedWhileItBegins));

    static final List<Case> WAITING = List.of(
            Case.of("count grows while released", 2, WaitingCountProtocols::countGrowsWhileItIsReleased).shows(35),
            Case.of("count grows while bubbles begin", 2, WaitingCountProtocols::countGrowsWhileBubblesBegin).shows(35),
            Case.of("count is left", 2, WaitingCountProtocols::countIsLeft).shows(35),
            Case.of("count changes its bubble", 2, WaitingCountProtocols::countChangesItsBubble).shows(35),
            Case.of("count refuses", 2, WaitingCountProtocols::countRefuses).shows(35),
            Case.of("place for who gave up", 2, WaitingCountProtocols::placeForWhoGaveUp),
            Case.of("place for the next", 1, WaitingCountProtocols::placeForTheNext),
            Case.punctual("gate holds back", 2, WaitingCountProtocols::gateHoldsBack),
            Case.of("interrupt alone", 2, WaitingCountProtocols::interruptAlone).shows(8),
            Case.of("ended while it waits", 2, WaitingCountProtocols::endedWhileItWaits).shows(8),
            Case.of("heard after a shield", 2, WaitingBridgeProtocols::heardAfterShield).upTo(3).shows(44),
            Case.of("heard before a shield", 2, WaitingBridgeProtocols::heardBeforeShield).upTo(3).shows(44),
            Case.of("a stranger's interrupt", 2, WaitingBridgeProtocols::strangersInterrupt).upTo(3).shows(44),
            Case.of("second exit", 2, WaitingBridgeProtocols::secondExit).upTo(3).shows(44),
            Case.of("group, limit while one starts", 2, WaitingGroupProtocols::limitWhileOneStarts).shows(30),
            Case.of("group, limit once more", 2, WaitingGroupProtocols::limitOnceMore).shows(30),
            Case.of("group, first failure is the cause", 2, WaitingGroupProtocols::firstFailureIsTheCause).shows(30),
            Case.of("group, close tells who waits", 1, WaitingGroupProtocols::closeTellsWhoWaits).shows(30),
            Case.of("group, task without thread", 1, WaitingGroupProtocols::taskWithoutThread).shows(30),
            Case.of("quorum", 1, WaitingGroupProtocols::quorumEndsTheOthers).shows(30),
            Case.of("flight, deserted and not joined", 1, WaitingFlightProtocols::flightIsNotJoinedWhenDeserted),
            Case.of("flight is forgotten", 1, WaitingFlightProtocols::flightIsForgotten),
            Case.of("flight within a flight", 1, WaitingFlightProtocols::flightWithinFlight),
            Case.of("flight, failure is heard", 1, WaitingFlightProtocols::failureOfAFlightIsHeard),
            Case.of("flight, deserted and fails", 1, WaitingFlightProtocols::failureOfADesertedFlight),
            Case.of("flight, seat leaves the context", 1, WaitingFlightProtocols::seatLeavesContext),
            Case.of("flight, seat is refused", 1, WaitingFlightProtocols::seatIsRefused),
            Case.of("flight, seat is left", 1, WaitingFlightProtocols::seatIsLeft),
            Case.of("flight, last seat is given up", 1, WaitingFlightProtocols::lastSeatIsGivenUp),
            Case.of("after-func without thread", 2, WaitingGroupProtocols::actionWithoutThread).shows(19),
            Case.of("broadcast, leaves at once", 1, WaitingGroupProtocols::subscriberLeavesAtOnce),
            Case.of("broadcast, found closed", 1, WaitingGroupProtocols::subscriberIsFoundClosed),
            Case.of("selects number at once", 2, WaitingGroupProtocols::selectsNumberAtOnce).shows(5));

    static final List<Case> IN_BUBBLES = List.of(
            Case.punctual("bubble, one at a time", 1, WaitingCountProtocols::bubbleOneAtATime).shows(49),
            Case.punctual("bubble, decided before", 1, WaitingCountProtocols::bubbleDecidedBefore).shows(49));

    static final List<Case> WITHOUT_MEMORY = List.of(
            Case.allocations("receive under grandchild", WaitingMemoryProtocols::receiveUnderGrandchild),
            Case.allocations("receive under foreign", WaitingMemoryProtocols::receiveUnderForeign),
            Case.allocations("group at its limit", WaitingMemoryProtocols::groupAtItsLimit),
            Case.allocations("gate", WaitingMemoryProtocols::gate));

    private ContextCases() {}

    static List<Case> all() {
        return Stream.of(CONTEXTS, WAITING, IN_BUBBLES, WITHOUT_MEMORY).flatMap(List::stream).toList();
    }
}
