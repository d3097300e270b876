package dev.millrace.verify.explore;

import java.util.List;
import java.util.stream.Stream;

/// What is explored of channels of each flavour, and of what fills them.
final class ChannelCases {
    /// In every order.
    static final List<Case> ANY_ORDER = Stream.of(
            flavours("closed while one sends", 1, EndProtocols::closed, 3),
            flavours("abandoned while one sends", 1, EndProtocols::abandoned, 3),
            flavours("cancelled while one sends", 1, EndProtocols::cancelled, 8),
            Stream.of(
                    Case.of("unbuffered, 1 to 2", 2, EndProtocols::unbufferedOneToTwo).upTo(3).shows(1),
                    Case.of("buffered, in order", 1, EndProtocols::bufferedInOrder).shows(2),
                    Case.of("unbuffered, close and senders", 1, EndProtocols::unbufferedCloseAgainstSender).shows(3),
                    Case.of("sender under a context", 3, EndProtocols::senderUnderContext).shows(8),
                    Case.of("sender to a full one under a context", 2, EndProtocols::senderToFullUnderContext)
                            .upTo(3).shows(8),
                    Case.of("second sender has the turn", 1, EndProtocols::secondSenderHasTheTurn).shows(8),
                    Case.of("select sends under a context", 2, EndProtocols::selectSendsUnderContext).upTo(3).shows(7,
                            8),
                    Case.of("never", 1, EndProtocols::never).shows(8),
                    Case.of("receive, before the send returns", 2,
                            MemoryOrderProtocols::receiveBeforeSendReturns).upTo(3).shows(1),
                    Case.of("receive, before the send it makes room for", 2,
                            MemoryOrderProtocols::receiveBeforeTheSendItMakesRoomFor).upTo(3).shows(2),
                    Case.of("send and close, before the receive", 2,
                            MemoryOrderProtocols::sendAndCloseBeforeReceive).upTo(3).shows(1, 3),
                    Case.of("from, two receivers", 1, SourceProtocols::fromTwoReceivers).shows(3),
                    Case.of("from, cancelled", 1, SourceProtocols::fromCancelled).shows(8),
                    Case.of("from, abandoned", 1, SourceProtocols::fromAbandoned).shows(3),
                    Case.of("producers, two", 1, SourceProtocols::producersOfTwo).shows(3),
                    Case.of("producers, fail", 2, SourceProtocols::producersFail).shows(3),
                    Case.of("producers, one more", 2, SourceProtocols::producersMore).shows(3),
                    Case.of("producers, abandoned", 1, SourceProtocols::producersAbandoned).shows(3),
                    Case.of("publisher completes", 1, SourceProtocols::publisherCompletes).shows(3),
                    Case.of("publisher fails", 1, SourceProtocols::publisherFails).shows(3),
                    Case.of("publisher is left", 1, SourceProtocols::publisherIsLeft).shows(3),
                    Case.of("silent publisher is left", 1, SourceProtocols::silentPublisherIsLeft).shows(3),
                    Case.of("publisher is cancelled", 1, SourceProtocols::publisherIsCancelled).shows(8),
                    Case.of("alarm under a context", 1, SourceProtocols::alarmUnderContext).shows(8),
                    Case.of("ticker under a context", 1, SourceProtocols::tickerUnderContext).shows(8),
                    Case.punctual("ticker is abandoned", 1, SourceProtocols::tickerAbandoned).shows(3)))
            .flatMap(cases -> cases).toList();

    /// With a wake-up for no reason at each occasion.
    static final List<Case> WAKE_UPS = Stream.of(
            EndProtocols.FLAVOURS.stream().filter(f -> !f.equals("unlimited"))
                    .map(f -> Case.wakeUpsFew(f + ", closed", EndProtocols.closed(f))),
            Stream.of(
                    Case.wakeUpsFew("never", EndProtocols::neverStruck),
                    Case.wakeUpsFew("from", SourceProtocols::fromStruck),
                    Case.wakeUpsFew("producers", SourceProtocols::producersOfTwo),
                    Case.wakeUpsFew("publisher", SourceProtocols::publisherCompletes),
                    Case.wakeUpsFew("ticker", SourceProtocols::tickerStruck)))
            .flatMap(cases -> cases).toList();

    /// With an interrupt at each wait that it can end.
    static final List<Case> INTERRUPTS = Stream.of(
            EndProtocols.FLAVOURS.stream().map(f -> Case.interruptsFew(f + ", in use", EndProtocols.struck(f))),
            Stream.of(
                    Case.interruptsFew("never", EndProtocols::neverStruck),
                    Case.interruptsFew("from", SourceProtocols::fromStruck),
                    Case.interrupts("alarm", SourceProtocols::alarmStruck),
                    Case.interruptsFew("ticker", SourceProtocols::tickerStruck)))
            .flatMap(cases -> cases).toList();

    private ChannelCases() {}

    private interface OfFlavour {
        Suite.Protocol make(String flavour);
    }

    private static Stream<Case> flavours(String name, int preemptions, OfFlavour protocol, int shows) {
        return EndProtocols.FLAVOURS.stream()
                .map(f -> Case.of(f + ", " + name, preemptions, protocol.make(f)).shows(shows));
    }

    static Stream<Case> all() {
        return Stream.of(ANY_ORDER, WAKE_UPS, INTERRUPTS).flatMap(List::stream);
    }
}
