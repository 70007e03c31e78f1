package io.secateur.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.Secateur;
import io.secateur.agent.PlantedChannel;
import io.secateur.attack.Attack;
import io.secateur.attack.DirtyLabel;
import io.secateur.attack.InfectedModel;
import io.secateur.attack.Infection;
import io.secateur.data.Augmentation;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.defence.Defence;
import io.secateur.defence.Policy;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.RepairVerdict;
import io.secateur.defence.TreatedDefence;
import io.secateur.defence.TriggerSources;
import io.secateur.engine.OneThread;
import io.secateur.format.FileHash;
import io.secateur.format.LayerList;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.ModelSource;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import io.secateur.train.Trainer;
import io.secateur.train.TrainingSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/extending.md at work. */
@ExtendWith(OneThread.class)
class ExamplesTest {
  private static final Path ROOT = Path.of(System.getProperty("secateur.root", ".."));
  private static final Path HALVES = ROOT.resolve("examples/halves");
  private static final String CLEAN = "folder:" + HALVES.resolve("images");
  @TempDir private Path folder;

  @Test
  void an_attack_of_ones_own_infects_a_network() {
    ImageSet images = PlantedChannel.images(40, 1);
    Network fresh =
        Initialisation.of(
            PlantedChannel.infected().architecture(), Preprocessing.UNIT, new SeedTree(1));
    TrainingSettings settings =
        TrainingSettings.FROM_SCRATCH
            .withEpochs(12)
            .withBatchSize(24)
            .withAugmentation(Augmentation.NONE);

    Attack attack = new Dot(new DirtyLabel(2, 0.2));
    InfectedModel infected =
        Infection.of(
            fresh, attack, images, Trainer.of(settings), Infection.Watch.NONE, RunContext.quiet(0));
    Evaluation measured =
        Evaluator.evaluate(infected.network(), PlantedChannel.images(20, 2), infected.truth());

    assertThat(infected.poisoned()).isEqualTo(48);
    assertThat(measured.cleanAccuracy().value()).isGreaterThan(90);
    assertThat(measured.trueAsr().orElseThrow().value()).isGreaterThan(90);
  }

  @Test
  void a_defence_of_ones_own_repairs_a_network() {
    ModelSource model =
        new ModelSource(
            HALVES.resolve("infected.safetensors"),
            Optional.of(HALVES.resolve("halves.yaml").toString()),
            Optional.empty(),
            Optional.empty());

    Defence defence =
        new TreatedDefence(
            new LargestFilter(), Policy.DEFAULT, TriggerSources.standard(TriggerSources.STRENGTH));
    RepairOutcome outcome = Secateur.of(model, CLEAN).withDefence(defence).repair();

    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.REPAIRED);
    assertThat(outcome.plan().channels())
        .singleElement()
        .satisfies(channel -> assertThat(channel.index()).isEqualTo(PlantedChannel.CHANNEL));
  }

  @Test
  void an_architecture_of_ones_own_is_the_same_as_code_and_as_a_list() throws IOException {
    ArchitectureBuilder net = new ArchitectureBuilder("gated", new FeatureShape(3, 16, 16));
    String conv = net.conv("conv", net.input(), 8, 3, 1, 1, false);
    String x = net.relu("relu", net.batchNorm("norm", conv));
    String mean = net.add("mean", new Layer.GlobalAveragePool(), x);
    String squeeze = net.conv("squeeze", mean, 8, 1, 1, 0, true);
    String gate = net.add("gate", new Layer.Sigmoid(), squeeze);
    String gated = net.add("gated", new Layer.Multiply(), x, gate);
    String pool = net.add("pool", new Layer.GlobalAveragePool(), gated);
    net.linear("head", net.add("flat", new Layer.Flatten(), pool), 4);
    Architecture architecture = net.build();

    assertThat(LayerList.read(snippet("yaml", "name: gated")).nodes())
        .isEqualTo(architecture.nodes());
  }

  @Test
  void a_format_of_ones_own_is_read() throws IOException {
    Path numpy = folder.resolve("model.npz");
    write(numpy, ModelFiles.read(HALVES.resolve("infected.safetensors")).weights());

    Architecture architecture = LayerList.read(Files.readString(HALVES.resolve("halves.yaml")));
    Weights weights;
    try (InputStream in = Files.newInputStream(numpy)) {
      weights = NumpyArchive.read(in);
    }
    Network network = new Network(architecture, weights, Preprocessing.UNIT);
    ModelFile file = ModelFile.of(ModelFile.Layout.SAFETENSORS, weights);
    LoadedModel model = new LoadedModel(numpy, file, network, FileHash.sha256(numpy));
    ImageSet images = DataSpec.parse(CLEAN, Split.DEFENDER).load();
    RepairOutcome outcome = Secateur.of(model, images).repair();

    assertThat(weights)
        .isEqualTo(ModelFiles.read(HALVES.resolve("infected.safetensors")).weights());
    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.REPAIRED);
  }

  /** What NumPy 2.4 itself wrote for {@code savez(..., w=[[1, -2.5, 3]], b=[0.5])}. */
  @Test
  void an_archive_of_numpy_itself_is_read() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/numpy/two-arrays.npz")) {
      Weights weights = NumpyArchive.read(in);

      assertThat(weights.names()).containsExactly("w", "b");
      assertThat(weights.get("w").shape()).containsExactly(1, 3);
      assertThat(weights.get("w").floats()).containsExactly(1, -2.5f, 3);
      assertThat(weights.get("b").floats()).containsExactly(0.5f);
    }
  }

  @Test
  void an_archive_with_other_numbers_is_refused() throws IOException {
    Path numpy = folder.resolve("doubles.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(numpy))) {
      zip.putNextEntry(new ZipEntry("w.npy"));
      zip.write(npy("<f8", new int[] {1}, new float[2]));
    }
    try (InputStream in = Files.newInputStream(numpy)) {
      assertThatThrownBy(() -> NumpyArchive.read(in))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("array 'w'")
          .hasMessageContaining("expected float32");
    }
  }

  /** The places that know every layer, and those that know every format, found by one of each. */
  @Test
  void the_places_that_the_document_names_are_those_that_know_a_layer() throws IOException {
    assertThat(linked("A new kind of layer"))
        .containsAll(mentioning("Layer\\.Upsample|record Upsample"));
    assertThat(linked("A new format in the program")).containsAll(mentioning("SAFETENSORS"));
  }

  private static String mentioning(Path file, Pattern pattern) {
    try {
      return pattern.matcher(Files.readString(file)).find() ? file.getFileName().toString() : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of the classes of format, nn and prune whose source matches. */
  private static Set<String> mentioning(String expression) throws IOException {
    Pattern pattern = Pattern.compile("(?m)" + expression);
    try (var files = Files.walk(ROOT.resolve("core/src/main/java/io/secateur"))) {
      return files
          .filter(file -> file.toString().matches(".*/(format|nn|prune)/\\w+\\.java"))
          .map(file -> mentioning(file, pattern))
          .filter(name -> !name.isEmpty())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** File names that the section called {@code heading} links to. */
  private static Set<String> linked(String heading) throws IOException {
    String section =
        document().split("(?m)^##+ " + Pattern.quote(heading) + "$")[1].split("(?m)^##")[0];
    return Pattern.compile("\\(\\S*/(\\w+\\.java)\\)")
        .matcher(section)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
  }

  private static String snippet(String language, String begins) throws IOException {
    Matcher fence =
        Pattern.compile("(?s)```" + language + "\\n(" + begins + ".*?)```").matcher(document());
    assertThat(fence.find()).as(begins).isTrue();
    return fence.group(1);
  }

  private static String document() throws IOException {
    return Files.readString(ROOT.resolve("docs/extending.md"));
  }

  private static void write(Path file, Weights weights) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, WeightTensor> tensor : weights.asMap().entrySet()) {
        zip.putNextEntry(new ZipEntry(tensor.getKey() + ".npy"));
        zip.write(npy("<f4", tensor.getValue().shape(), tensor.getValue().floats()));
      }
    }
  }

  private static byte[] npy(String type, int[] shape, float[] values) {
    String extents =
        Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    String header =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + extents + ",), }\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + header.length() + 4 * values.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
            .putShort((short) header.length())
            .put(header.getBytes(StandardCharsets.US_ASCII));
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
