package dev.millrace.conformance;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs one program of kind `channel`.
final class ChannelRun extends SlotRun {
    private final ChannelActs acts;
    private final Map<String, Chan<Long>> chans = new HashMap<>();
    private final Map<String, CancellableContext> contexts = new HashMap<>();

    ChannelRun(Program.Slots program, ChannelActs acts, World world, Findings findings) {
        super(program, world, findings);
        this.acts = acts;
        program.objects().forEach((name, fields) -> {
            if ("channel".equals(fields.get("type"))) {
                chans.put(name, acts.make(name, Math.toIntExact((Long) Objects.requireNonNull(fields.get("cap")))));
            } else {
                Long at = (Long) fields.get("at");
                contexts.put(name, at == null
                        ? Context.background().withCancel()
                        : Context.background().withTimeout(World.span(at)));
            }
        });
    }

    private Chan<Long> chan(String name) {
        return Objects.requireNonNull(chans.get(name));
    }

    private CancellableContext context(String name) {
        return Objects.requireNonNull(contexts.get(name));
    }

    @Override
    Map<String, Object> perform(Op op, Turn turn) {
        switch (op.name()) {
            case "send" -> acts.send(chan(op.text("ch")), op.number("v"), turn);
            case "close" -> acts.close(chan(op.text("ch")));
            case "cancel" -> context(op.text("ctx")).cancel();
            case "sleep" -> world.sleep(op.number("us"));
            case "recv" -> {
                return received(acts.receive(chan(op.text("ch")), turn));
            }
            case "trySend" -> {
                return Map.of("ok", acts.trySend(chan(op.text("ch")), op.number("v"), turn));
            }
            case "tryRecv" -> {
                Received<Long> received = acts.tryReceive(chan(op.text("ch")), turn);
                return received == null ? Map.of("ok", false) : with("ok", true, received(received));
            }
            case "len" -> {
                Chan<Long> chan = chan(op.text("ch"));
                return Map.of("len", (long) chan.len(), "cap", (long) chan.cap());
            }
            case "select" -> {
                Long timeout = op.numberOrNull("timeout");
                ChannelActs.Picked picked = acts.select(
                        cases(op.list("cases")), op.flag("default"), timeout == null ? null : World.span(timeout),
                        turn);
                return with("case", (long) picked.index(), received(picked.received()));
            }
            default -> throw new IllegalStateException("no such op: " + op);
        }
        return Fields.none();
    }

    private List<ChannelActs.Case> cases(List<Map<String, Object>> cases) {
        var list = new ArrayList<ChannelActs.Case>();
        for (Map<String, Object> one : cases) {
            if (one.get("send") instanceof String name) {
                list.add(new ChannelActs.Case.Send(chan(name), (Long) Objects.requireNonNull(one.get("v"))));
            } else if (one.get("recv") instanceof String name) {
                list.add(new ChannelActs.Case.Receive(chan(name)));
            } else {
                list.add(new ChannelActs.Case.Done(context(String.valueOf(one.get("done")))));
            }
        }
        return list;
    }

    private static Map<String, Object> received(@Nullable Received<Long> received) {
        return switch (received) {
            case null -> Map.of();
            case Received.Value<Long>(Long v) -> Map.of("v", v);
            case Received.Closed<Long> _ -> Map.of("closed", true);
        };
    }

    private static Map<String, Object> with(String name, Object value, Map<String, Object> more) {
        var fields = new HashMap<>(more);
        fields.put(name, value);
        return fields;
    }
}
