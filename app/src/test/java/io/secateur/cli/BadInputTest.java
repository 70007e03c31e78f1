package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that cannot be used ends in one line that helps, the right exit code, and nothing else. */
class BadInputTest {
  private static final String DATA = "shapes:size=40";

  /** Sets colours in two ways, turns the order of reading, ends lines in three. */
  private static final String EVIL = "\u001b[31mevil\u009b31m\u202etxt\u2028new\u2029\n.";

  private static final Pattern TURNING = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n]]");

  @TempDir private Path temp;
  private Path model;

  @BeforeEach
  void a_model() throws IOException {
    model = SmallModel.write(temp.resolve("model.safetensors"), SmallModel.weights(10));
  }

  @Test
  void the_good_case_works() {
    Outcome outcome = CommandRunner.run("evaluate", model.toString(), "--data", DATA, "--json");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).startsWith("{").contains("\"cleanAccuracy\"", "\"n\" : 40");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "evaluate MODEL|4|--data=DATA",
        "evaluate|4|MODEL",
        "evaluate MODEL --data shapes: --what|4|--what",
        "evaluate MODEL --data nothing|4|names no kind of data; expected cifar10:DIR",
        "evaluate MODEL --data magic:x|4|has the unknown kind 'magic'",
        "evaluate MODEL --data shapes:size=3|4|size is 3",
        "evaluate MODEL --data folder:/no/such/folder|3|/no/such/folder",
        "evaluate MODEL --data cifar10:/no/such/folder|3|/no/such/folder",
        "evaluate no.pth --data shapes:size=40|3|no.pth: does not exist",
        "evaluate TEMP --data shapes:size=40|3|is a folder",
        "evaluate MODEL --data shapes:size=40 --preprocess odd|4|--preprocess: preprocessing 'odd'",
        "evaluate MODEL --data shapes:size=40 --arch restnet18|4|did you mean 'resnet18'",
        "evaluate MODEL --data shapes:size=40 --arch smallvgg|3|weights do not fit smallvgg",
        "evaluate MODEL --data shapes:size=40 --threads 0|4|--threads is 0; expected 1 to 1024",
        "evaluate MODEL --data shapes:size=40 --threads many|4|many",
        "evaluate MODEL --data shapes:size=40 --truth no.json|3|no.json: does not exist",
        "scan MODEL --clean shapes:size=40 --clean-size 100|4|--clean-size is 100; expected at most 40",
        "scan MODEL --clean shapes:size=40 --clean-size 1|4|--clean-size is 1; expected at least 20",
        "scan MODEL --clean shapes:size=10|3|holds 10 images; expected at least 20",
        "inspect MODEL --input 3x32|4|--input is '3x32'; expected channels x rows x columns",
        "inspect MODEL --input 3x0x32|4|--input is '3x0x32'",
        "inspect no.onnx|3|no.onnx: does not exist",
        "destroy|4|destroy",
        "bench|4|expected PLAN.yaml --out DIR, or status",
        "repair MODEL --clean shapes:size=60|4|--out",
        "repair MODEL --out OUT|4|--clean",
        "repair MODEL --clean shapes:size=60 --out OUT --method magic|4|--method is 'magic'; expected onp, greedy, masks",
        "repair MODEL --clean shapes:size=60 --out OUT --target ten|4|--target is 'ten'; expected auto or a label",
        "repair MODEL --clean shapes:size=60 --clean-size 50 --out OUT --target 10|4|expected auto or a label, 0 to 9",
        "repair MODEL --clean shapes:size=60 --out OUT --clean-size 100|4|--clean-size is 100; expected at most 60",
        "repair MODEL --clean shapes:size=60 --out OUT --max-ca-drop 200|4|--max-ca-drop",
        "repair MODEL --clean shapes:size=60 --out OUT --time-budget soon|4|--time-budget is 'soon'; expected such as",
        "repair MODEL --clean shapes:size=60 --out OUT --to keras|4|--to is 'keras'; expected pytorch, safetensors or onnx",
        "repair MODEL --clean shapes:size=60 --out OUT --set lambda=big|4|--set lambda=big: expected lambda=a number",
        "repair MODEL --clean shapes:size=60 --out OUT --set colour=red|4|--set colour: no such setting; expected one of action",
        "repair MODEL --clean shapes:size=60 --out OUT --set units=all|4|expected units=batch-norm or stream or inner or filter",
        "repair MODEL --clean shapes:size=60 --out OUT --set rounds=0|4|rounds at least 1",
        "repair MODEL --clean shapes:size=60 --out OUT --method anp --set anp-epsilon=2|4|epsilon must be in (0, 1], got 2.0",
        "repair MODEL --clean shapes:size=60 --out OUT --method rnp --set rnp-threshold=1|4|threshold must be in [0, 1), got 1.0",
        "repair MODEL --clean shapes:size=60 --clean-size 50 --out OUT --method clp --recover|4|--recover: this method has no fine-tuning after pruning; expected it with onp",
        "repair MODEL --clean shapes:size=60 --out OUT --set recover-epochs=3|4|--set recover-epochs: no such setting",
        "repair MODEL --clean folder:x --out OUT --truth t.json|4|expected --trusted-eval DATA too",
        "repair MODEL --clean shapes:size=60 --clean-size 50 --out OUT --truth no.json|3|no.json: does not exist",
        "repair MODEL --clean shapes:size=60 --clean-size 50 --out MODEL|4|is a file; expected a folder",
        "repair no.pth --clean shapes:size=60 --out OUT|3|no.pth: does not exist",
        "repair MODEL --clean cifar10:/no/such --out OUT|3|/no/such",
        "demo --out MODEL|4|is a file; expected a folder",
      })
  void bad_words_on_the_command_line(String line, int exitCode, String said) throws IOException {
    assertRefused(CommandRunner.run(words(line)), exitCode, said);
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void a_model_that_is_something_else() throws IOException {
    Path text = Files.writeString(temp.resolve("notes.pth"), "hello");

    assertRefused(CommandRunner.run("inspect", text.toString()), ExitCode.UNREADABLE, "plain text");
  }

  @Test
  void a_truncated_model() throws IOException {
    byte[] whole = Files.readAllBytes(model);
    Path torn = Files.write(temp.resolve("torn.safetensors"), java.util.Arrays.copyOf(whole, 9000));

    assertRefused(CommandRunner.run("inspect", torn.toString()), ExitCode.UNREADABLE, "torn");
  }

  @Test
  void weights_that_are_no_numbers() throws IOException {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>(SmallModel.weights(10).asMap());
    tensors.replaceAll(
        (name, tensor) ->
            name.equals("linear.bias") ? tensor.withFloats(nan(tensor.size())) : tensor);
    Path file = SmallModel.write(temp.resolve("nan.safetensors"), Weights.of(tensors));

    assertRefused(
        CommandRunner.run("evaluate", file.toString(), "--data", DATA), ExitCode.UNREADABLE, "NaN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evaluate MODEL --data ",
        "scan MODEL --clean-size 40 --clean ",
        "repair MODEL --out OUT --clean-size 40 --clean "
      })
  void weights_too_large_for_finite_scores(String line) throws IOException {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>(SmallModel.weights(10).asMap());
    tensors.computeIfPresent(
        "linear.weight",
        (name, tensor) -> {
          float[] values = new float[tensor.size()];
          java.util.Arrays.fill(values, 3e38f);
          return tensor.withFloats(values);
        });
    model = SmallModel.write(temp.resolve("huge.safetensors"), Weights.of(tensors));

    assertRefused(
        CommandRunner.run(words(line + DATA)),
        ExitCode.UNREADABLE,
        "huge.safetensors: the network yields NaN or infinity on images of shapes");
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void a_model_for_other_classes() throws IOException {
    Path file = SmallModel.write(temp.resolve("seven.safetensors"), SmallModel.weights(7));

    assertRefused(
        CommandRunner.run("evaluate", file.toString(), "--data", DATA),
        ExitCode.UNREADABLE,
        "has 10 classes; expected 7");
  }

  @Test
  void tensors_of_no_known_architecture() throws IOException {
    Weights weights =
        Weights.of(Map.of(EVIL + ".weight", WeightTensor.ofFloats(new int[] {1}, new float[1])));
    Path file = SmallModel.write(temp.resolve("odd.safetensors"), weights);

    assertRefused(
        CommandRunner.run("inspect", file.toString()), ExitCode.UNREADABLE, "--arch NAME");
  }

  @Test
  void a_tensor_too_many_that_would_colour_the_terminal() throws IOException {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>(SmallModel.weights(10).asMap());
    tensors.put(EVIL, WeightTensor.ofFloats(new int[] {1}, new float[1]));
    Path file = SmallModel.write(temp.resolve("more.safetensors"), Weights.of(tensors));

    assertRefused(
        CommandRunner.run("inspect", file.toString()),
        ExitCode.UNREADABLE,
        "extra '\\u001b[31mevil\\u009b31m\\u202etxt\\u2028new\\u2029\\u000a.'");
  }

  @Test
  void a_file_name_that_would_colour_the_terminal() {
    String name = temp.resolve(EVIL + ".pth").toString();

    assertRefused(CommandRunner.run("inspect", name), ExitCode.UNREADABLE, "does not exist");
    assertRefused(
        CommandRunner.run("scan", model.toString(), "--clean", "folder:" + name),
        ExitCode.UNREADABLE,
        "is no folder");
    assertRefused(
        CommandRunner.run("scan", model.toString(), "--clean", name),
        ExitCode.USAGE,
        "names no kind");
  }

  @Test
  void truth_for_other_images() throws IOException {
    Path file = Files.writeString(temp.resolve("truth.json"), "{\"target\": 12}");

    assertRefused(
        CommandRunner.run("evaluate", model.toString(), "--data", DATA, "--truth", file.toString()),
        ExitCode.UNREADABLE,
        "target is 12; expected a label, 0 to 9");
  }

  @Test
  void a_folder_with_other_things_in_it() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("mine"));
    Files.writeString(folder.resolve("thesis.txt"), "mine");

    assertRefused(
        CommandRunner.run(
            words("repair MODEL --clean shapes:size=60 --clean-size 50 --out " + folder)),
        ExitCode.USAGE,
        "is not empty and holds no interrupted run");
    assertThat(folder).isDirectoryNotContaining("glob:**/{state,.lock,events.jsonl}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"repaired", "treated"})
  void the_input_is_never_replaced(String called) throws IOException {
    Path folder = Files.createDirectory(temp.resolve("again"));
    Path input = Files.copy(model, folder.resolve(called + ".safetensors"));

    assertRefused(
        CommandRunner.run(
            "repair", input.toString(), "--clean", "shapes:size=60", "--out", folder.toString()),
        ExitCode.USAGE,
        "would replace the model");
    assertThat(folder).isDirectoryNotContaining("glob:**/{state,.lock,events.jsonl}");
  }

  private String[] words(String line) {
    return line.replace("MODEL", model.toString())
        .replace("TEMP", temp.toString())
        .replace("OUT", temp.resolve("out").toString())
        .split(" ");
  }

  private static void assertRefused(Outcome outcome, int exitCode, String said) {
    assertThat(outcome.err()).contains(said);
    assertThat(outcome.exitCode()).isEqualTo(exitCode);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines().filter(line -> !line.startsWith("Try '")))
        .hasSize(1)
        .allMatch(line -> line.startsWith("secateur: "));
    assertThat(outcome.err()).doesNotContain("\tat ").doesNotContainPattern(TURNING);
  }

  private static float[] nan(int size) {
    float[] values = new float[size];
    java.util.Arrays.fill(values, Float.NaN);
    return values;
  }
}
