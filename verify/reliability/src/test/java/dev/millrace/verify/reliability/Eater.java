package dev.millrace.verify.reliability;

import dev.millrace.cli.CliDoor;
import dev.millrace.conformance.BadCorpusException;
import dev.millrace.conformance.Corpus;
import dev.millrace.conformance.LineDoor;
import dev.millrace.context.Context;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.HttpDoor;
import dev.millrace.http.Propagation;
import dev.millrace.http.server.TableDoor;
import dev.millrace.net.HostPort;
import dev.millrace.testing.explore.engine.ReplayDoor;
import dev.millrace.testing.junit.DurationDoor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Those who read what comes from outside: right ones, how much of all inputs they get, and what must hold of any input. A broken one throws something else than is
/// declared, does not come to an end, or says nothing that helps.
enum Eater {
    GRPC_TIMEOUT(10, List.of("300000u", "5S", "1H", "99999999n", "0m", "20M"), Eater::grpcTimeout),
    OTHER_DEADLINE(10, List.of("5", "0", "300", "999999999999999999"), Eater::otherDeadline),
    HEADERS(6,
            List.of("a=1,b=2", "5S", "a=%41;p=1,b=x", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                    "a=1,w=2",
                    "de-CH", "a=1\u00015S\u000100-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\u0001x"),
            Eater::headers),
    PERCENT(10, List.of("plain", "%41%42", "%C3%A9", "a%20b", "%F0%9F%98%80"), Eater::percent),
    LINES(4, List.of("one\ntwo\r\nthree\rfour", "\n\n", "a\r\r\n\nb", "\u00e9\n\u20ac\n"), Eater::lines),
    CONNECTIONS(1, List.of(
            "  sl  local_address rem_address   st tx_queue\n   0: 0100007F:1F90 0100007F:D2F4 01 00000000:00000000\n",
            "  sl  local_address\n   1: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:D2F4 08 0\n"),
            Eater::connections),
    HOST_PORT(10, List.of("localhost:8080", ":0", "[::1]:80", "[fe80::1%eth0]:65535", "1.2.3.4:99"), Eater::hostPort),
    TEST_DURATION(10, List.of("500ms", "1m30s", "2h", "1.5s", "10\u00b5s"), Eater::testDuration),
    CLI_DURATION(10, List.of("500ms", "1m30s", "1h15m30.918s", "0", "+5s", "1.5\u03bcs"), Eater::cliDuration),
    COUNT(6, List.of("1", "8", "2147483646"), Eater::count),
    COMMAND_LINE(3,
            List.of("md5\u0001--timeout\u00015s\u0001--limit\u00014\u0001file", "-h",
                    "run\u0001--jfr\u0001x\u0001name\u0001--\u0001arg",
                    "exec\u0001--grace=1s\u0001sleep\u00015", "conformance\u0001--kind\u0001sync\u0001--limit\u0001500",
                    "list", "--version",
                    "fetch\u0001--timeout=1m30s\u0001http://localhost"),
            Eater::commandLine),
    ARGUMENTS(6, List.of("java\0-jar\0x.jar\0md5\0a\0", "java\0\u00e9\0"), Eater::arguments),
    FILE_NAME(6, List.of("a", "/tmp/x", "a/b", "\udc80x", "line\nbreak", "back\\slash"), Eater::fileName),
    PROGRAM(4, LineDoor.programs(), Eater::program),
    CORPUS(1, List.of("{\"id\":\"a\",\"kind\":\"data\",\"steps\":[]}\n{\"id\":\"b\",\"kind\":\"data\",\"steps\":[]}\n",
            "{\"id\":\"a\",\"kind\":\"context\",\"steps\":[]}"), Eater::corpus),
    REPLAY(6, List.of("17=2,31=0", "3!17=2", "40#1", "1#8", "", "0!"), Eater::replay);

    interface Meal {
        /// Whether it was taken as right.
        boolean eat(String input, Path folder) throws Exception;
    }

    final int share;
    final List<String> right;
    private final Meal meal;

    Eater(int share, List<String> right, Meal meal) {
        this.share = share;
        this.right = right;
        this.meal = meal;
    }

    static int shares() {
        return Arrays.stream(values()).mapToInt(e -> e.share).sum();
    }

    boolean eat(String input, Path folder) throws Exception {
        return meal.eat(input, folder);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /// A complaint says what was expected and what came: something of the input, unless nothing of it can be shown.
    private static void helps(String message, String input) {
        check(message != null && (message.contains("expected") || message.contains("must be")),
                "what was expected? " + message);
        check(message.contains("was ") || message.contains("were ") || message.contains(input),
                "what came? " + message);
    }

    private static boolean grpcTimeout(String input, Path folder) {
        return deadline(DeadlineHeader.GRPC_TIMEOUT, input, 9);
    }

    private static final DeadlineHeader SECONDS = DeadlineHeader.of("x-seconds", ChronoUnit.SECONDS);

    private static boolean otherDeadline(String input, Path folder) {
        return deadline(DeadlineHeader.ENVOY_ASKED, input, 18) | deadline(SECONDS, input, 18);
    }

    /// What was read is written again as no more than it is.
    private static boolean deadline(DeadlineHeader header, String input, int longest) {
        var read = header.parse(input);
        if (read.isPresent()) {
            Duration time = read.get();
            check(!time.isNegative() && input.length() <= longest, "read " + time);
            Duration again = header.parse(header.format(time)).orElse(Duration.ZERO);
            check(again.compareTo(time) <= 0, time + " was written as " + again);
        }
        return read.isPresent();
    }

    private static final Context.Key<String> USER = Context.Key.named("user");
    private static final Propagation POLICY = Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT, SECONDS)
            .withTrace().withBaggage("a", "b").withValue(USER, "x-user");
    private static final List<String> NAMES = List.copyOf(new java.util.TreeSet<>(POLICY.headers()));

    /// What is read may be sent on, and is clean.
    private static boolean headers(String input, Path folder) {
        Map<String, List<String>> headers = new HashMap<>();
        int at = input.length();
        for (String part : input.split("\u0001", -1)) {
            headers.merge(NAMES.get(at++ % NAMES.size()), List.of(part),
                    (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList());
        }
        var incoming = POLICY.extract(headers::get);
        check(incoming.dropped() >= 0 && !incoming.timeout().orElse(Duration.ZERO).isNegative(), incoming.toString());
        try (var ctx = incoming.open(Context.background())) {
            POLICY.inject(ctx, (name, value) -> check(HttpDoor.isValue(value), name + ": " + value));
        }
        return incoming.dropped() == 0;
    }

    private static boolean percent(String input, Path folder) {
        String text = HttpDoor.decode(input);
        if (text != null) {
            String again = HttpDoor.encode(text);
            check(again != null && text.equals(HttpDoor.decode(again)), "not the same again: " + again);
        }
        return text != null;
    }

    /// As a reader of the JDK, whatever the parts.
    private static boolean lines(String input, Path folder) {
        byte[] bytes = input.getBytes(input.length() % 2 == 0 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        List<String> expected =
                new BufferedReader(new StringReader(new String(bytes, StandardCharsets.UTF_8))).lines().toList();
        List<String> lines = HttpDoor.lines(bytes, 1 + input.length() % 7);
        check(lines.equals(expected), "expected " + expected + ", was " + lines);
        return true;
    }

    private static boolean connections(String input, Path folder) throws IOException {
        Path file = Files.write(folder.resolve("tcp"), input.getBytes(StandardCharsets.ISO_8859_1));
        try {
            return TableDoor.rows(file) > 0;
        } catch (IOException e) {
            check(String.valueOf(e.getMessage()).contains("expected the kernel's table"), e.toString());
            return false;
        }
    }

    private static boolean hostPort(String input, Path folder) {
        try {
            var parsed = HostPort.parse(input);
            check(HostPort.parse(parsed.toString()).equals(parsed), "not the same again: " + parsed);
            return true;
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            check(message.startsWith("address \"") && message.contains("expected host:port"), message);
            return false;
        }
    }

    private static boolean testDuration(String input, Path folder) {
        try {
            check(DurationDoor.parse(input).isPositive(), "not positive");
            return true;
        } catch (IllegalArgumentException e) {
            helps(e.getMessage(), input);
            return false;
        }
    }

    private static boolean cliDuration(String input, Path folder) {
        boolean taken = false;
        for (String message : new String[] {CliDoor.span(input), CliDoor.grace(input)}) {
            taken |= message == null;
            if (message != null) {
                helps(message, input);
                check(message.contains(input), "what came? " + message);
            }
        }
        return taken;
    }

    private static boolean count(String input, Path folder) {
        String message = CliDoor.count(input);
        if (message != null) {
            helps(message, input);
        }
        return message == null;
    }

    private static boolean commandLine(String input, Path folder) {
        String said = CliDoor.line(input.split("\u0001", -1));
        check(said == null || (said.length() > 20 && said.contains("--help")), "it says " + said);
        return said == null;
    }

    private static boolean arguments(String input, Path folder) {
        byte[] bytes = input.getBytes(StandardCharsets.ISO_8859_1);
        String[] decoded = new String(bytes, StandardCharsets.UTF_8).split("\0");
        check(CliDoor.exact(decoded, bytes).length == decoded.length, "fewer, or more");
        return true;
    }

    /// An argument has no NUL: the system ends it there.
    private static boolean fileName(String input, Path folder) throws IOException {
        List<String> shown = CliDoor.name(input.replace("\0", ""));
        String line = shown.getFirst();
        check(line.indexOf('\n') == line.length() - 1, "more than a line");
        check(shown.getLast().chars().noneMatch(Character::isISOControl), "it shows " + shown.getLast());
        return true;
    }

    private static boolean program(String input, Path folder) {
        String message = LineDoor.read(input);
        check(message == null || message.contains("expected"), "what was expected? " + message);
        return message == null;
    }

    private static boolean corpus(String input, Path folder) throws IOException {
        Path file = Files.write(folder.resolve("x.jsonl"), input.getBytes(StandardCharsets.ISO_8859_1));
        try (var programs = Corpus.of(List.of(file)).open(input.length() % 2 == 0)) {
            while (programs.next() != null) {
                // all of it
            }
            return true;
        } catch (BadCorpusException e) {
            String message = String.valueOf(e.getMessage());
            check(message.contains("x.jsonl") && (message.contains("expected") || message.contains("cannot read")),
                    message);
            return false;
        }
    }

    private static boolean replay(String input, Path folder) {
        try {
            ReplayDoor.read(input);
            return true;
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            check(message.startsWith("choices must") && message.contains(input), message);
            return false;
        }
    }
}
