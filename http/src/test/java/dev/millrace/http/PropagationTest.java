package dev.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PropagationTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> USER = Context.Key.named("user");
    private static final Context.Key<Locale> LOCALE = Context.Key.named("locale");
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static Map<String, List<String>> injected(Propagation policy, Context ctx) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        policy.inject(ctx, (n, v) -> headers.computeIfAbsent(n, _ -> new ArrayList<>()).add(v));
        return headers;
    }

    private static Incoming extracted(Propagation policy, String... namesAndValues) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.computeIfAbsent(namesAndValues[i], _ -> new ArrayList<>()).add(namesAndValues[i + 1]);
        }
        return policy.extract(headers::get);
    }

    @Test
    void none_sendsAndReadsNothing() {
        try (var ctx = BG.withValue(USER, "me").withTimeout(Duration.ofHours(1))) {
            assertEquals(Map.of(), injected(Propagation.none(), ctx));
        }
        var in = extracted(Propagation.none(), "grpc-timeout", "1S", "traceparent", PARENT);
        assertEquals(Optional.empty(), in.timeout());
        try (var ctx = in.open(BG)) {
            assertEquals(Optional.empty(), ctx.deadline());
            assertNull(ctx.value(Propagation.TRACEPARENT));
        }
    }

    @Test
    void everything_goesThereAndComesBack() {
        var policy = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT, DeadlineHeader.ENVOY_ASKED)
                .withTrace().withBaggage("tenant", "who")
                .withValue(USER, "X-User")
                .withValue(LOCALE, "x-locale", new HeaderCodec<>(Locale::toLanguageTag, Locale::forLanguageTag));
        assertEquals(Set.of("grpc-timeout", "x-envoy-upstream-rq-timeout-ms", "traceparent", "tracestate", "baggage",
                "x-user", "x-locale"), policy.headers());
        Context values = BG.withValue(USER, "Zoë; 100 %, \"quoted\" \t 😀").withValue(LOCALE, Locale.GERMANY)
                .withValue(Propagation.TRACEPARENT, PARENT).withValue(Propagation.TRACESTATE, "a=b,c=d")
                .withValue(Propagation.BAGGAGE, Map.of("tenant", "t=1, ö", "secret", "s", "who", ""));
        try (var ctx = values.withTimeout(Duration.ofSeconds(60))) {
            Map<String, List<String>> sent = injected(policy, ctx);
            assertFalse(sent.get("baggage").getFirst().contains("secret"));
            assertEquals(0, policy.dropped());
            Incoming in = policy.extract(sent::get);
            assertEquals(0, in.dropped());
            try (var there = in.open(BG)) {
                assertEquals(ctx.value(USER), there.value(USER));
                assertEquals(Locale.GERMANY, there.value(LOCALE));
                assertEquals(PARENT, there.value(Propagation.TRACEPARENT));
                assertEquals("a=b,c=d", there.value(Propagation.TRACESTATE));
                assertEquals(Map.of("tenant", "t=1, ö", "who", ""), there.value(Propagation.BAGGAGE));
                assertTrue(in.timeout().orElseThrow().compareTo(Duration.ofSeconds(60)) <= 0);
                assertTrue(in.timeout().orElseThrow().compareTo(Duration.ofSeconds(1)) > 0);
            }
        }
    }

    // Deadlines.

    @Test
    @Hazard(58)
    void deadline_thatIsLonger_doesNotLengthen() {
        var policy = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);
        try (var local = BG.withTimeout(Duration.ofSeconds(1));
                var ctx = extracted(policy, "grpc-timeout", "99999999H").open(local)) {
            assertTrue(ctx.remainingNanos() <= 1_000_000_000L);
        }
    }

    @Test
    void deadline_ofSeveralHeaders_isTheShortest() {
        var policy = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT, DeadlineHeader.ENVOY_ASKED,
                DeadlineHeader.of("x-budget", ChronoUnit.SECONDS));
        assertEquals(Optional.of(Duration.ofMillis(700)), extracted(policy, "grpc-timeout", "2S",
                "x-envoy-upstream-rq-timeout-ms", "700", "x-budget", "1").timeout());
        assertEquals(Optional.of(Duration.ofSeconds(2)), extracted(policy, "grpc-timeout", "2S",
                "x-envoy-upstream-rq-timeout-ms", "0", "x-budget", "x").timeout());
        assertEquals(1, policy.dropped(), "Envoy's 0 is no fault");
    }

    @Test
    void deadline_thatHasPassed_opensAnEndedContext() {
        var policy = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);
        try (var ctx = extracted(policy, "grpc-timeout", "0m").open(BG)) {
            assertTrue(ctx.isDone());
        }
    }

    @Test
    @Hazard(58)
    void deadline_sentTwice_isAbsentAndCounted() {
        var policy = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT);
        var in = extracted(policy, "grpc-timeout", "1S", "grpc-timeout", "2S");
        assertEquals(Optional.empty(), in.timeout());
        assertEquals(1, in.dropped());
        assertEquals(1, policy.dropped());
    }

    // Values.

    @Test
    void state_withoutAValidParent_isDropped() {
        var policy = Propagation.none().withTrace();
        assertEquals(1, extracted(policy, "tracestate", "a=b").dropped());
        assertEquals(2, extracted(policy, "traceparent", "00-x", "tracestate", "a=b").dropped());
        assertEquals(2, extracted(policy, "traceparent", PARENT, "traceparent", PARENT, "tracestate", "a=b").dropped());
        var in = extracted(policy, "traceparent", PARENT, "tracestate", "a=b", "tracestate", "c=d");
        assertEquals("a=b,c=d", in.addTo(BG).value(Propagation.TRACESTATE));
    }

    @ParameterizedTest
    @CsvSource({"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, true",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more, true",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more, false",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, false",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01, false",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01, false",
        "00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, false",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, false"})
    void parent_isTakenByItsForm(String text, boolean valid) {
        assertEquals(valid, Carried.Trace.isParent(text));
    }

    @Test
    @Hazard(57)
    void baggage_withPropertiesBlanksAndFaults_keepsWhatIsRight() {
        var policy = Propagation.none().withBaggage("a", "b", "c", "d");
        var in = extracted(policy, "baggage", " a = 1 ;p=2;q , b=%zz,, x=not allowed, no-equals", "baggage",
                "c=%C3%28,a=twice,d=%0d%0aX: y,\u0001=1,c=Ã©,c=\u0007,d=ok");
        assertEquals(Map.of("a", "1", "d", "ok"), in.addTo(BG).value(Propagation.BAGGAGE));
        assertEquals(8, in.dropped(), "b, no-equals, c three times, a again, d with a line break, a key that is none");
    }

    @Test
    @Hazard(57)
    void values_ofTheUser_thatCannotBeSentAreDroppedEachWithOneTick() {
        var policy = Propagation.none().withValue(USER, "x-user", HeaderCodec.plain());
        for (String bad : new String[] {"a\r\nX: y", "a\nb", "nul\0", "ümlaut", "x".repeat(Caps.VALUE + 1)}) {
            long before = policy.dropped();
            assertEquals(Map.of(), injected(policy, BG.withValue(USER, bad)));
            assertEquals(before + 1, policy.dropped(), bad);
            var in = extracted(policy, "x-user", bad);
            assertEquals(1, in.dropped());
            assertNull(in.addTo(BG).value(USER));
        }
        var text = Propagation.none().withValue(USER, "x-user");
        for (String bad : new String[] {"\uD800", "a\r\nb", "\0"}) {
            assertEquals(Map.of(), injected(text, BG.withValue(USER, bad)));
        }
        assertEquals(3, text.dropped());
    }

    @Test
    void codec_thatThrowsOrAnswersNull_dropsTheValue() {
        var policy = Propagation.none().withValue(USER, "x-user", new HeaderCodec<>(_ -> {
            throw new IllegalStateException("no");
        }, s -> s.equals("null") ? null : s.substring(100)));
        assertEquals(Map.of(), injected(policy, BG.withValue(USER, "me")));
        assertEquals(1, extracted(policy, "x-user", "short").dropped());
        assertEquals(1, extracted(policy, "x-user", "null").dropped());
        assertEquals(3, policy.dropped());
    }

    @Test
    @Hazard(57)
    void caps_holdForEntriesAndInAll() {
        var many = Propagation.none().withBaggage(keys(70));
        var text = new StringBuilder();
        Map<String, String> members = new LinkedHashMap<>();
        for (String key : keys(70)) {
            text.append(key).append("=1,");
            members.put(key, "1");
        }
        var in = extracted(many, "baggage", text.toString());
        assertEquals(64, in.addTo(BG).value(Propagation.BAGGAGE).size());
        assertEquals(6, in.dropped());
        injected(many, BG.withValue(Propagation.BAGGAGE, members));
        assertEquals(12, many.dropped());

        var large = Propagation.none().withBaggage(keys(9));
        members.clear();
        for (String key : keys(9)) {
            members.put(key, "x".repeat(Caps.VALUE));
        }
        String sent = injected(large, BG.withValue(Propagation.BAGGAGE, members)).get("baggage").getFirst();
        assertTrue(sent.length() <= Caps.TOTAL, "was " + sent.length());
        assertEquals(2, large.dropped(), "seven of 8 KB fit, with their names");

        assertEquals(1, extracted(large, "baggage", "k0=" + "x".repeat(Caps.TOTAL)).dropped());
    }

    private static String[] keys(int n) {
        String[] keys = new String[n];
        for (int i = 0; i < n; i++) {
            keys[i] = "k" + i;
        }
        return keys;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "ü", "host", "Content-Length", "a\r\nb"})
    void names_thatAreNoHeaders_areRefused(String name) {
        var e = assertThrows(IllegalArgumentException.class, () -> Propagation.none().withValue(USER, name));
        assertTrue(e.getMessage().startsWith("header must "), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> DeadlineHeader.of(name, ChronoUnit.MILLIS));
    }

    @Test
    void header_namedTwice_isRefused() {
        var policy = Propagation.none().withValue(USER, "x-a").withTrace();
        assertThrows(IllegalArgumentException.class, () -> policy.withValue(LOCALE, "X-A",
                new HeaderCodec<>(Locale::toLanguageTag, Locale::forLanguageTag)));
        assertThrows(IllegalArgumentException.class, policy::withTrace);
        assertThrows(IllegalArgumentException.class, () -> policy.withBaggage());
        assertThrows(IllegalArgumentException.class, () -> policy.withBaggage("a b"));
    }

    @Test
    @Hazard(57)
    void hostileInput_neverThrows() {
        var policy = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT, DeadlineHeader.ENVOY_GRANTED)
                .withTrace().withBaggage("a", "b").withValue(USER, "x-user");
        List<String> names = List.copyOf(policy.headers());
        String[] bits =
                {"a=", "b=", ",", ";", "=", "%", "%4", "%41", "%ff", "%0a", "\r\n", "\0", "ü", "\uD800", "0", "9", "S",
                    "-", "1e400", "NaN", " ", "\t", "00-", "4bf92f3577b34da6a3ce929d0e0e4736", "x".repeat(9000)};
        var random = new Random(20251125);
        int rounds = Integer.getInteger("http.fuzz", 20_000);
        for (int i = 0; i < rounds; i++) {
            Map<String, List<String>> headers = new LinkedHashMap<>();
            for (int h = random.nextInt(4); h >= 0; h--) {
                var value = new StringBuilder();
                for (int b = random.nextInt(12); b > 0; b--) {
                    value.append(bits[random.nextInt(bits.length - (random.nextInt(50) == 0 ? 0 : 1))]);
                }
                headers.computeIfAbsent(names.get(random.nextInt(names.size())), _ -> new ArrayList<>())
                        .add(value.toString());
            }
            try (var ctx = policy.extract(headers::get).open(BG)) {
                Map<String, List<String>> again = injected(policy, ctx);
                again.values().forEach(all -> assertTrue(Fields.isValue(all.getFirst())));
            }
        }
    }
}
