package io.secateur.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.bench.Zoo;
import io.secateur.data.BadData;
import io.secateur.format.LayerList;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which models a plan stands for, before any is trained. */
class SubjectsTest {
  private static final int RECORD = 3073;

  @TempDir private Path folder;

  @BeforeEach
  void an_empty_zoo() throws IOException {
    Files.writeString(folder.resolve("recipes.json"), "{}");
  }

  private Plan plan(String data, String model) throws IOException {
    String text = "name: x\ndata: '%s'\nmodels: [%s]\ndefences: [fp]\n".formatted(data, model);
    return Plan.read(Files.writeString(folder.resolve("plan.yaml"), text));
  }

  private Subjects subjects(String data, String model) throws IOException {
    return new Subjects(plan(data, model), folder, Zoo.in(folder), folder.resolve("models"), "1.0");
  }

  /** Files of what is to be trained, in the order of the plan. */
  private List<Path> trained(String data, String model) throws IOException {
    Plan plan = plan(data, model);
    return new Trainings(plan, folder, Zoo.in(folder), folder.resolve("models"), "1.0")
        .of(plan.models().get(0)).stream()
            .map(training -> training.subject().source().path())
            .toList();
  }

  @Test
  void a_network_that_is_trained_has_the_name_that_the_plan_gives_it() throws IOException {
    String one = "{name: mine, train: {attack: badnets, arch: resnet20-w4}}";
    String two = "{name: mine, train: {attack: [badnets, none], arch: resnet20-w4, seeds: 3}}";

    assertThat(subjects("shapes:size=100", one).names()).containsExactly("mine");
    assertThat(subjects("shapes:size=100", two).names())
        .containsExactly("mine-badnets-resnet20-w4-3", "mine-none-resnet20-w4-3");
  }

  @Test
  void a_name_trains_no_other_network() throws IOException {
    String train = "train: {attack: none, arch: resnet20-w4}";
    List<Path> named = trained("shapes:size=100", "{name: a, " + train + "}");
    List<Path> nameless = trained("shapes:size=100", "{" + train + "}");

    assertThat(named).isEqualTo(nameless);
  }

  @ParameterizedTest
  @ValueSource(strings = {"truth", "arch", "preprocess", "key"})
  void what_only_a_file_can_have_is_refused_beside_a_training(String key) {
    String model = "{%s: other, train: {attack: none, arch: resnet20-w4}}".formatted(key);

    assertThatThrownBy(() -> subjects("shapes:size=100", model))
        .isInstanceOf(BadData.class)
        .hasMessageContaining(key + " is 'other' beside 'train'; expected only 'name' there");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attack: none|attack: badnest|attack is 'badnest'",
        "arch: resnet20-w4|arch: resnet9000|no architecture named 'resnet9000'",
        "attack: none|attack: none, set: {colour: red}|set colour: no such setting",
        "attack: none|attack: badnets, set: {target: 77}|attack badnets: ",
        "attack: none|attack: clean-label|a network trained on clean images",
        "attack: none|attack: clean-label, clean-model: no.pth|no.pth: does not exist",
      })
  void a_training_that_cannot_be_is_refused_when_it_is_listed(
      String good, String bad, String message) {
    String model = "{train: {attack: none, arch: resnet20-w4}}".replace(good, bad);

    assertThatThrownBy(() -> subjects("shapes:size=100", model)).hasMessageContaining(message);
  }

  @Test
  void a_network_of_other_images_is_another_though_they_lie_where_the_first_lay()
      throws IOException {
    String data = "cifar10:" + Files.createDirectories(folder.resolve("cifar"));
    String model = "{train: {attack: none, arch: resnet20-w4}}";
    for (int part = 1; part <= 5; part++) {
      Files.write(folder.resolve("cifar/data_batch_" + part + ".bin"), records(100));
    }
    List<Path> before = trained(data, model);
    assertThat(trained(data, model)).isEqualTo(before);
    byte[] changed = records(100);
    for (int pixel = 1; pixel < RECORD; pixel++) {
      for (int image = 0; image < 100; image++) {
        changed[image * RECORD + pixel] = 7;
      }
    }
    Files.write(folder.resolve("cifar/data_batch_1.bin"), changed);

    assertThat(trained(data, model)).isNotEqualTo(before);
  }

  private static byte[] records(int count) {
    byte[] all = new byte[count * RECORD];
    for (int image = 0; image < count; image++) {
      all[image * RECORD] = (byte) (image % 10);
    }
    return all;
  }

  @Test
  void a_network_made_with_another_clean_one_is_another_and_only_where_it_is_made_with_one()
      throws IOException {
    String model =
        "{train: {attack: [clean-label, none], arch: resnet20-w4, clean-model: clean.safetensors}}";
    clean(1);
    List<Path> before = trained("shapes:size=100", model);
    clean(2);
    List<Path> after = trained("shapes:size=100", model);

    assertThat(after.get(0)).isNotEqualTo(before.get(0));
    assertThat(after.get(1)).isEqualTo(before.get(1));
  }

  private void clean(long seed) throws IOException {
    String layers =
        """
        name: plain
        input: {channels: 3, height: 32, width: 32}
        layers:
          - {name: conv, type: conv, out: 4, kernel: 3}
          - {name: relu, type: relu}
          - {name: pool, type: global-average-pool}
          - {name: flatten, type: flatten}
          - {name: fc, type: linear, out: 10}
        """;
    Files.writeString(folder.resolve("clean.layers.yaml"), layers);
    Network plain =
        Initialisation.of(LayerList.read(layers), Preprocessing.UNIT, new SeedTree(seed));
    try (OutputStream out = Files.newOutputStream(folder.resolve("clean.safetensors"))) {
      ModelFiles.write(ModelFile.of(ModelFile.Layout.SAFETENSORS, plain.weights()), out);
    }
  }
}
