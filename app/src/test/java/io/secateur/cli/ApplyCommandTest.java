package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.Schemas;
import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.format.FileHash;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFile.Layout;
import io.secateur.format.ModelFiles;
import io.secateur.format.Scalar;
import io.secateur.nn.ElementType;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A plan is done again on the file that it was made for, and taken back to the bit. */
class ApplyCommandTest {
  private static final String GROUP =
      channels("layer1.0.bn1", 1) + ", " + channels("layer2.0.bn1", 0, 5);

  @TempDir private Path temp;

  @ParameterizedTest
  @CsvSource({
    "SAFETENSORS, F32, false",
    "SAFETENSORS, F16, true",
    "SAFETENSORS, BF16, true",
    "SAFETENSORS, BF16, false",
    "TORCH_ZIP, F32, true",
    "TORCH_ZIP, F16, false",
    "TORCH_ZIP, BF16, true",
  })
  void what_was_applied_is_undone_to_the_bit(Layout layout, ElementType type, boolean compact)
      throws IOException {
    Path model = model(layout, type);
    Path plan = plan(FileHash.sha256(model), GROUP);
    Path pruned = temp.resolve("pruned.bin");

    Outcome applied = apply(plan, model, pruned, compact ? "--compact" : "--quiet");
    Outcome undone = apply(plan, pruned, temp.resolve("back.bin"), "--undo");

    assertThat(applied.exitCode()).as(applied.err()).isZero();
    assertThat(undone.exitCode()).as(undone.err()).isZero();
    assertThat(undone.out()).contains("byte for byte");
    assertThat(temp.resolve("back.bin")).hasSameBinaryContentAs(model);
    assertThat(temp.resolve("pruned.layers.yaml").toFile().exists()).isEqualTo(compact);
    Weights weights = ModelFiles.read(pruned).weights();
    if (compact) {
      assertThat(weights.get("layer2.0.bn1.weight").shape()).containsExactly(6);
      assertThat(Files.size(pruned)).isLessThan(Files.size(model));
    } else {
      assertThat(weights.get("layer2.0.bn1.bias").at(5)).isZero();
    }
    assertThat(Files.size(temp.resolve("pruned.undo.safetensors"))).isLessThan(Files.size(model));
  }

  @Test
  void a_compacted_file_is_read_by_every_command_without_a_word() throws IOException {
    Path model = model(Layout.TORCH_ZIP, ElementType.F32);
    Path plan = plan(FileHash.sha256(model), GROUP + ", " + channels("bn1", 2));

    Outcome applied = apply(plan, model, temp.resolve("small.pth"), "--compact", "--json");

    Schemas.assertDocumented("apply", applied.out());
    JsonNode result = JsonMapper.shared().readTree(applied.out());
    assertThat(result.at("/pruned").asInt()).isEqualTo(4);
    assertThat(result.at("/compact/removed").asInt()).isEqualTo(3);
    assertThat(result.at("/compact/masked/0/layer").asString()).isEqualTo("bn1");
    assertThat(result.at("/compact/masked/0/reason").asString())
        .isEqualTo("'layer1.0.add' adds values that are not pruned");
    assertThat(result.at("/compact/largestLogitDifference").asDouble()).isLessThan(1e-4);
    assertThat(result.at("/macs/after").asLong()).isLessThan(result.at("/macs/before").asLong());

    Outcome inspected =
        CommandRunner.run("inspect", temp.resolve("small.pth").toString(), "--json");
    JsonNode inspect = JsonMapper.shared().readTree(inspected.out());
    assertThat(inspect.at("/architecture").asString()).isEqualTo("resnet20-w4-compact");
    assertThat(inspect.at("/parameters").asLong())
        .isEqualTo(result.at("/parameters/after").asLong());
    assertThat(evaluated(temp.resolve("small.pth"))).isEqualTo(evaluatedMasked(plan, model));
  }

  @Test
  void whatever_is_made_of_a_compacted_file_gets_its_layer_list_too() throws IOException {
    Path model = model(Layout.TORCH_ZIP, ElementType.F32);
    Path small = temp.resolve("small.pth");
    apply(plan(FileHash.sha256(model), GROUP), model, small, "--compact");

    Outcome again =
        apply(
            plan(FileHash.sha256(small), channels("layer3.0.bn1", 3)),
            small,
            temp.resolve("again.pth"));

    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(temp.resolve("again.layers.yaml"))
        .hasSameTextualContentAs(temp.resolve("small.layers.yaml"));
    assertThat(CommandRunner.run("inspect", temp.resolve("again.pth").toString()).out())
        .contains("resnet20-w4-compact");
  }

  private String evaluatedMasked(Path plan, Path model) throws IOException {
    apply(plan, model, temp.resolve("masked.pth"));
    return evaluated(temp.resolve("masked.pth"));
  }

  private static String evaluated(Path model) {
    Outcome outcome =
        CommandRunner.run("evaluate", model.toString(), "--data", "shapes:size=40", "--json");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return JsonMapper.shared().readTree(outcome.out()).at("/cleanAccuracy").toString();
  }

  @Test
  void a_layer_list_beside_a_model_is_read_strictly_and_overruled_by_name() throws IOException {
    Path model = model(Layout.SAFETENSORS, ElementType.F32);
    Path layers = temp.resolve("model.layers.yaml");

    Files.writeString(layers, "name: x\nlayers: {}\n");
    assertRefused(CommandRunner.run("inspect", model.toString()), 3, layers + ": line");
    Files.writeString(
        layers,
        """
        name: other
        input: {channels: 3, height: 32, width: 32}
        layers:
          - {name: pool, type: global-average-pool}
          - {name: flat, type: flatten}
          - {name: fc, type: linear, out: 2}
        """);
    assertRefused(
        CommandRunner.run("inspect", model.toString()),
        3,
        "weights do not fit other",
        "listed in " + layers + "; --arch overrules it");
    assertThat(CommandRunner.run("inspect", model.toString(), "--arch", "resnet20-w4").exitCode())
        .isZero();
  }

  @Test
  void a_plan_for_another_file_is_refused_with_both_hashes_unless_forced() throws IOException {
    Path model = model(Layout.SAFETENSORS, ElementType.F32);
    Path plan = plan("0123abc", GROUP);
    Path out = temp.resolve("out.safetensors");

    assertRefused(apply(plan, model, out), 4, "0123abc", FileHash.sha256(model), "--force");
    assertThat(out).doesNotExist();
    assertThat(apply(plan, model, out, "--force").exitCode()).isZero();

    Path other = model(Layout.SAFETENSORS, ElementType.F16);
    assertRefused(
        apply(temp.resolve("out.undo.safetensors"), other, temp.resolve("back"), "--undo"),
        4,
        FileHash.sha256(other),
        FileHash.sha256(out),
        "--force");
    assertRefused(
        apply(
            temp.resolve("out.undo.safetensors"), other, temp.resolve("back"), "--undo", "--force"),
        3,
        "out.undo.safetensors");
    assertThat(temp.resolve("back")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|line 1",
        "[]|plan.json",
        "null|holds nothing",
        "{}|schemaVersion",
        "{\"schemaVersion\": 2, MODEL, \"channels\": []}|schemaVersion is 2; expected 1",
        "{\"schemaVersion\": 1, \"channels\": []}|model",
        "{\"schemaVersion\": 1, MODEL, \"channels\": [null]}|without layer",
        "{\"schemaVersion\": 1, MODEL, \"channels\": [{\"index\": 1}]}|layer",
        "{\"schemaVersion\": 1, MODEL, \"channels\": [{\"layer\": \"bn1\"}]}|index",
        "{\"schemaVersion\": 1, MODEL, \"channels\": [{\"layer\": \"bn1\", \"index\": 1.5}]}|channels[0].index: is 1.5, not a whole number",
        "{\"schemaVersion\": 1, MODEL, \"channels\": [{\"layer\": \"bn1\", \"index\": \"1\"}]}|channels[0].index: is '1', not a whole number",
        "{\"schemaVersion\": 1, MODEL, \"channels\": [{\"layer\": \"bn1\", \"index\": 4}]}|'bn1' has 4 channels, the plan prunes number 4",
        "{\"schemaVersion\": 1, MODEL, \"channels\": [{\"layer\": \"bn1\", \"index\": -1}]}|number -1",
        "{\"schemaVersion\": 1, MODEL, \"channels\": [{\"layer\": \"bn9\", \"index\": 1}]}|names layer 'bn9'",
        "{\"schemaVersion\": 1, MODEL, \"channels\": [ALL]}|would leave layer 'bn1' without channels",
      })
  void bad_plans_are_refused_and_leave_nothing_behind(String json, String cause)
      throws IOException {
    Path model = model(Layout.SAFETENSORS, ElementType.F32);
    String about =
        "\"model\": {\"sha256\": \""
            + FileHash.sha256(model)
            + "\", \"architecture\": \"x\"}, \"weightsTuned\": false";
    Path plan =
        Files.writeString(
            temp.resolve("plan.json"),
            json.replace("MODEL", about).replace("ALL", channels("bn1", 0, 1, 2, 3)));

    assertRefused(apply(plan, model, temp.resolve("out.pth")), 3, "plan.json: ", cause);
    assertThat(temp.resolve("out.pth")).doesNotExist();
  }

  @Test
  void what_cannot_be_is_refused() throws IOException {
    Path model = model(Layout.SAFETENSORS, ElementType.F32);
    Path plan = plan(FileHash.sha256(model), GROUP);
    Path out = temp.resolve("out");

    assertRefused(apply(temp.resolve("no.json"), model, out), 3, "no.json: does not exist");
    assertRefused(apply(plan, temp.resolve("no.pth"), out), 3, "no.pth: does not exist");
    assertRefused(apply(plan, model, model), 4, "--out", "exists; expected a name that is free");
    assertRefused(apply(plan, model, out, "--undo", "--compact"), 4, "exclude each other");
    assertThat(apply(plan, model, temp.resolve("pruned.file")).exitCode()).isZero();
    assertRefused(
        apply(temp.resolve("pruned.undo.safetensors"), temp.resolve("no.pth"), out, "--undo"),
        3,
        "no.pth: does not exist");
    assertRefused(apply(plan, model, out, "--undo"), 3, "model.undo.safetensors: does not exist");
    assertRefused(apply(model, model, out, "--undo"), 3, "does not say 'secateur.undo.pruned'");
    assertRefused(apply(plan, model, temp.resolve("a/b")), 2, "does not exist");
  }

  private Outcome apply(Path plan, Path model, Path out, String... more) {
    String[] line = new String[4 + more.length];
    System.arraycopy(more, 0, line, 4, more.length);
    line[0] = "apply";
    line[1] = plan.toString();
    line[2] = model.toString();
    line[3] = "--out=" + out;
    return CommandRunner.run(line);
  }

  private static void assertRefused(Outcome outcome, int exitCode, String... words) {
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
    assertThat(outcome.err()).contains(words).doesNotContain("internal error");
    assertThat(outcome.err().lines().count()).isLessThanOrEqualTo(2);
    assertThat(outcome.out()).isEmpty();
  }

  /** As training programs leave it: prefixed, nested, with scalars beside or metadata. */
  private Path model(Layout layout, ElementType type) throws IOException {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    SmallModel.weights(10)
        .asMap()
        .forEach(
            (name, t) -> tensors.put(name, WeightTensor.ofFloats(type, t.shape(), t.floats())));
    tensors.put(
        "bn1.num_batches_tracked",
        WeightTensor.ofIntegers(ElementType.I64, new int[0], new long[] {77}));
    boolean torch = layout != Layout.SAFETENSORS;
    ModelFile file =
        new ModelFile(
            layout,
            Weights.of(tensors),
            "module.",
            torch ? List.of("net") : List.of(),
            torch ? Map.of() : Map.of("secateur.architecture", "resnet20-w4", "zebra", "1"),
            torch ? Map.of("epoch", new Scalar.Whole(3)) : Map.of());
    Path path = temp.resolve(type == ElementType.F32 ? "model.file" : "model-" + type + ".file");
    AtomicFile.write(path, out -> ModelFiles.write(file, out));
    return path;
  }

  private Path plan(String sha256, String channels) throws IOException {
    return Files.writeString(
        temp.resolve("plan.json"),
        """
        {"schemaVersion": 1, "model": {"sha256": "%s", "architecture": "resnet20-w4"},
         "weightsTuned": false, "channels": [%s]}
        """
            .formatted(sha256, channels));
  }

  private static String channels(String layer, int... indices) {
    StringBuilder text = new StringBuilder();
    for (int index : indices) {
      text.append(text.length() == 0 ? "" : ", ")
          .append("{\"layer\": \"" + layer + "\", \"index\": " + index + ", \"score\": \"NaN\"}");
    }
    return text.toString();
  }
}
