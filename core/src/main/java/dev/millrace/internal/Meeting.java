package dev.millrace.internal;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A channel at which somebody waits: who would send, and who would receive. Mostly only one of the two, since else they would have met: both
/// when one select has a case of each, or until somebody who was woken there has come. Whether anybody else has the channel is not known.
///
/// @param selects those of both who wait in a select, among other cases
public record Meeting(ChanCore chan, List<Sight> senders, List<Sight> receivers, List<Sight> selects) {
    /// All of them, in the order of the waits.
    public static List<Meeting> of(List<WaitFor.Awaiting> waits) {
        IdentityHashMap<ChanCore, Meeting> all = new IdentityHashMap<>();
        var inOrder = new ArrayList<Meeting>();
        for (WaitFor.Awaiting wait : waits) {
            Waiter waiter = wait.sight().waiter();
            if (waiter != null && wait.awaited() instanceof ChanCore chan) {
                boolean sends = waiter.reason() instanceof ChanCore.Blocked blocked && blocked.sends();
                at(all, inOrder, chan).add(wait.sight(), sends, false);
            } else if (wait.awaited() instanceof SelectCore select) {
                for (Offer offer : select.cases()) {
                    if (offer.target instanceof ChanCore chan) {
                        at(all, inOrder, chan).add(wait.sight(), offer.sending, true);
                    }
                }
            }
        }
        inOrder.removeIf(m -> m.chan.isNever() || m.chan.comesByItself());
        return inOrder;
    }

    private static Meeting at(IdentityHashMap<ChanCore, Meeting> all, List<Meeting> inOrder, ChanCore chan) {
        return all.computeIfAbsent(chan, c -> {
            var made = new Meeting(c, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            inOrder.add(made);
            return made;
        });
    }

    private void add(Sight sight, boolean sends, boolean selects) {
        (sends ? senders : receivers).add(sight);
        if (selects) {
            this.selects.add(sight);
        }
    }

    /// Pairs of selects that stand at the same channels, two or more, and would do the same there: both send, or both receive, at each.
    /// None of their cases can meet.
    public static List<Facing> facing(List<Meeting> meetings) {
        Map<List<Long>, List<Meeting>> shared = new LinkedHashMap<>();
        for (Meeting m : meetings) {
            for (List<Sight> side : List.of(m.senders, m.receivers)) {
                if (side.size() == 2 && m.selects.containsAll(side)) {
                    shared.computeIfAbsent(List.of(side.getFirst().id(), side.getLast().id()), _ -> new ArrayList<>())
                            .add(m);
                }
            }
        }
        var found = new ArrayList<Facing>();
        shared.forEach((_, at) -> {
            boolean someSend = at.stream().anyMatch(m -> !m.senders.isEmpty());
            if (at.size() > 1 && someSend) { // two that only receive are workers at the same sources
                Meeting first = at.getFirst();
                List<Sight> pair = first.senders.isEmpty() ? first.receivers : first.senders;
                found.add(new Facing(pair.getFirst(), pair.getLast(), List.copyOf(at)));
            }
        });
        return found;
    }

    /// Two goroutines that select on each other in vain.
    public record Facing(Sight one, Sight other, List<Meeting> at) {
        @Override
        public String toString() {
            var text = new StringBuilder(one.label()).append(" and ").append(other.label())
                    .append(" select on the same channels and none of their cases meet: both ");
            for (int i = 0; i < at.size(); i++) {
                Meeting m = at.get(i);
                text.append(i == 0 ? "" : i == at.size() - 1 ? " and " : ", ")
                        .append(m.senders.isEmpty() ? "receive from " : "send to ").append(m.chan);
            }
            return text.toString();
        }
    }

    /// `channel "jobs" (unbuffered): goroutine 5 would send; nobody who waits would receive`.
    @Override
    public String toString() {
        return chan + ": " + (receivers.isEmpty() ? would(senders, "send") + "; nobody who waits would receive"
                : senders.isEmpty() ? would(receivers, "receive") + "; nobody who waits would send"
                : would(senders, "send") + "; " + would(receivers, "receive"));
    }

    private static String would(List<Sight> who, String what) {
        var text = new StringBuilder();
        for (int i = 0; i < Math.min(who.size(), 4); i++) {
            text.append(i == 0 ? "" : ", ").append(who.get(i).label());
        }
        return text.append(who.size() > 4 ? " and " + (who.size() - 4) + " more" : "").append(" would ").append(what)
                .toString();
    }
}
