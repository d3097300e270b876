package dev.millrace.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One run of the benchmarks as one JSON document: `run` (machine, versions, options), `jmh` (JMH's own results, with
/// the round added, the local path of the JVM and derived statistics taken out) and `go` (the lines of Go's benchmarks).
///
/// A shape is named by its class and its parameters (`CancelTree/flat`), an implementation by its method; Go's are
/// `go`, and `go` with a suffix for what stands after an underscore in the benchmark's name.
final class Results {
    private static final Pattern RAW = Pattern.compile("(\\d+)-\\w+\\.(json|txt)");
    private static final Pattern GO_LINE =
            Pattern.compile("Benchmark(\\w+?)(?:_(\\w+))?((?:/\\w+)*)(?:-\\d+)?\\s+\\d+\\s+(.*)");
    private static final String GO_EXCHANGE = "exchange-ns/op";
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().serializeSpecialFloatingPointValues().disableHtmlEscaping().create();

    private final JsonObject document;

    private Results(JsonObject document) {
        this.document = document;
    }

    /// Reads what `bench/run` left in a folder: `run.properties`, and of each round and shape `<round>-<shape>.json`
    /// from JMH and `.txt` from Go.
    static Results collect(Path folder) throws IOException {
        var run = new Properties();
        try (var in = Files.newBufferedReader(folder.resolve("run.properties"))) {
            run.load(in);
        }
        var jmh = new JsonArray();
        var go = new JsonArray();
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            Matcher name = RAW.matcher(file.getFileName().toString());
            if (name.matches() && Files.size(file) > 0) {
                int round = Integer.parseInt(name.group(1));
                String text = Files.readString(file);
                if (name.group(2).equals("json")) {
                    addJmh(round, JsonParser.parseString(text).getAsJsonArray(), jmh);
                } else {
                    addGo(round, text, go);
                }
            }
        }
        if (!jmh.isEmpty()) {
            JsonObject any = jmh.get(0).getAsJsonObject();
            run.setProperty("jdk", any.get("vmName").getAsString() + " " + any.get("vmVersion").getAsString());
            run.setProperty("jmh", any.get("jmhVersion").getAsString());
        }
        var document = new JsonObject();
        document.add("run", GSON.toJsonTree(new TreeMap<>(run)));
        document.add("jmh", jmh);
        document.add("go", go);
        return new Results(document);
    }

    private static void addJmh(int round, JsonArray results, JsonArray to) {
        for (JsonElement element : results) {
            JsonObject result = element.getAsJsonObject();
            result.remove("jvm");
            withoutStatistics(result.getAsJsonObject("primaryMetric"));
            result.getAsJsonObject("secondaryMetrics").entrySet()
                    .forEach(metric -> withoutStatistics(metric.getValue().getAsJsonObject()));
            result.addProperty("round", round);
            to.add(result);
        }
    }

    /// What JMH derives from the raw data is many times as long as they are.
    private static void withoutStatistics(JsonObject metric) {
        List.of("scoreError", "scoreConfidence", "scorePercentiles").forEach(metric::remove);
    }

    private static void addGo(int round, String text, JsonArray to) {
        for (String line : text.split("\\R")) {
            Matcher m = GO_LINE.matcher(line);
            if (!m.matches()) {
                continue;
            }
            var result = new JsonObject();
            result.addProperty("shape", m.group(1) + m.group(3));
            result.addProperty("rival", m.group(2) == null ? "go" : "go" + m.group(2));
            result.addProperty("round", round);
            String[] cells = m.group(4).trim().split("\\s+");
            for (int i = 0; i + 1 < cells.length; i += 2) {
                result.addProperty(cells[i + 1], Double.parseDouble(cells[i]));
            }
            to.add(result);
        }
    }

    static Results read(Path file) throws IOException {
        return new Results(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
    }

    void write(Path file) throws IOException {
        Files.writeString(file, GSON.toJson(document) + "\n");
    }

    /// What `bench/run` noted of the run, empty when it did not.
    String run(String property) {
        JsonElement value = document.getAsJsonObject("run").get(property);
        return value == null ? "" : value.getAsString();
    }

    /// Shape, then implementation, in the order in which they ran.
    Map<String, Map<String, Figure>> figures() {
        var figures = new TreeMap<String, Map<String, Figure>>(Results::inOrder);
        for (JsonElement element : document.getAsJsonArray("jmh")) {
            JsonObject result = element.getAsJsonObject();
            String name = result.get("benchmark").getAsString();
            int method = name.lastIndexOf('.');
            var shape = new StringBuilder(name.substring(name.lastIndexOf('.', method - 1) + 1, method));
            if (result.has("params")) {
                result.getAsJsonObject("params").entrySet()
                        .forEach(p -> shape.append('/').append(p.getValue().getAsString()));
            }
            boolean oneShot = result.get("mode").getAsString().equals("ss");
            boolean memory = result.getAsJsonObject("secondaryMetrics").has("resident");
            figure(figures, shape.toString(), name.substring(method + 1), memory).add(
                    memory ? secondary(result, "resident") : iterations(result),
                    oneShot ? Double.NaN : secondary(result, CpuTime.LABEL),
                    secondary(result, memory ? "heap" : "gc.alloc.rate.norm"));
        }
        for (JsonElement element : document.getAsJsonArray("go")) {
            JsonObject result = element.getAsJsonObject();
            boolean memory = result.has("rss-B/op");
            double time = isNear(number(result, GO_EXCHANGE)) ? number(result, "ns/op") : Double.NaN;
            figure(figures, result.get("shape").getAsString(), result.get("rival").getAsString(), memory).add(
                    memory ? number(result, "rss-B/op") : time, // where the processors are says nothing about memory
                    number(result, "cpu-ns/op"),
                    number(result, memory ? "heap-B/op" : "B/op"));
        }
        return figures;
    }

    private static Figure figure(
            Map<String, Map<String, Figure>> figures, String shape, String rival, boolean memory) {
        return figures.computeIfAbsent(shape, _ -> new TreeMap<>(Results::oursFirst)).computeIfAbsent(rival,
                _ -> new Figure(memory));
    }

    /// The median of those of a fork's iterations in which the processors were near each other; NaN when they never were.
    private double iterations(JsonObject result) {
        List<Double> scores = raw(result.getAsJsonObject("primaryMetric"));
        JsonObject metrics = result.getAsJsonObject("secondaryMetrics");
        if (!metrics.has(Placement.LABEL)) {
            return Figure.median(scores);
        }
        List<Double> exchanges = raw(metrics.getAsJsonObject(Placement.LABEL));
        return Figure.median(IntStream.range(0, scores.size()).filter(i -> isNear(exchanges.get(i)))
                .mapToObj(scores::get).toList());
    }

    /// What was measured in one fork, in each iteration.
    private static List<Double> raw(JsonObject metric) {
        var values = new ArrayList<Double>();
        for (JsonElement fork : metric.getAsJsonArray("rawData")) {
            fork.getAsJsonArray().forEach(value -> values.add(value.getAsDouble()));
        }
        return values;
    }

    private boolean isNear(double exchange) {
        return Double.isNaN(exchange) || exchange <= Double.parseDouble(run("near"));
    }

    /// In how many of the measurements the processors were not near each other, of all in which that was looked at: in percent.
    double moved() {
        var exchanges = new ArrayList<Double>();
        for (JsonElement element : document.getAsJsonArray("jmh")) {
            JsonObject metrics = element.getAsJsonObject().getAsJsonObject("secondaryMetrics");
            if (metrics.has(Placement.LABEL)) {
                exchanges.addAll(raw(metrics.getAsJsonObject(Placement.LABEL)));
            }
        }
        document.getAsJsonArray("go").forEach(go -> exchanges.add(number(go.getAsJsonObject(), GO_EXCHANGE)));
        exchanges.removeIf(exchange -> Double.isNaN(exchange));
        return 100.0 * exchanges.stream().filter(exchange -> !isNear(exchange)).count() / exchanges.size();
    }

    private static double secondary(JsonObject result, String metric) {
        JsonObject metrics = result.getAsJsonObject("secondaryMetrics");
        return metrics.has(metric) ? number(metrics.getAsJsonObject(metric), "score") : Double.NaN;
    }

    /// JMH writes `"NaN"` where it has no figure.
    private static double number(JsonObject object, String name) {
        return object.has(name) ? Double.parseDouble(object.get(name).getAsString()) : Double.NaN;
    }

    /// By shape, and numbers in it as numbers.
    private static int inOrder(String a, String b) {
        return padded(a).compareTo(padded(b));
    }

    private static String padded(String shape) {
        return Pattern.compile("\\d+").matcher(shape)
                .replaceAll(digits -> "%09d".formatted(Long.parseLong(digits.group())));
    }

    private static int oursFirst(String a, String b) {
        int ours = Boolean.compare(!a.startsWith("millrace"), !b.startsWith("millrace"));
        return ours != 0 ? ours : a.compareTo(b);
    }
}
