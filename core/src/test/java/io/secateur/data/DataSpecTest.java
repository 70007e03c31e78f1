package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.DataSpec.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSpecTest {
  @ParameterizedTest
  @CsvSource({
    "cifar10:/d/cifar@test, CIFAR10, /d/cifar, TEST",
    "cifar10:/d/cifar, CIFAR10, /d/cifar, DEFENDER",
    "cifar10:C:\\data\\cifar@train, CIFAR10, C:\\data\\cifar, TRAIN",
    "cifar10:/home/me@work/d, CIFAR10, /home/me@work/d, DEFENDER",
    "cifar10:/home/me@work/d@test, CIFAR10, /home/me@work/d, TEST",
    "cifar10:/d@test/, CIFAR10, /d@test/, DEFENDER",
    "cifar10:/d@train@defender, CIFAR10, /d@train, DEFENDER",
    "cifar10:/d@TEST, CIFAR10, /d@TEST, DEFENDER",
    "tiny-imagenet:x.zip@train, TINY_IMAGENET, x.zip, TRAIN",
    "'shapes:seed=3,size=100@train', SHAPES, 'seed=3,size=100', TRAIN",
    "shapes:@test, SHAPES, '', TEST",
  })
  void only_a_known_split_after_the_last_at_counts(
      String text, Kind kind, String location, Split split) {
    DataSpec spec = DataSpec.parse(text, Split.DEFENDER);

    assertThat(spec.kind()).isEqualTo(kind);
    assertThat(spec.location()).isEqualTo(location);
    assertThat(spec.split()).contains(split);
    assertThat(DataSpec.parse(spec.toString(), Split.DEFENDER)).isEqualTo(spec);
  }

  @Test
  void a_folder_has_no_splits() {
    assertThat(DataSpec.parse("folder:/d/a@b", Split.TEST).split()).isEmpty();
    assertThat(DataSpec.parse("folder:/d/a@test/", Split.TEST).location()).isEqualTo("/d/a@test/");
    assertThatThrownBy(() -> DataSpec.parse("folder:/d/a@test", Split.TRAIN))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("a folder has no splits; expected folder:DIR without @test");
    assertThatThrownBy(() -> DataSpec.parse("folder:/d/a", Split.TRAIN).at(Split.TEST))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("no splits");
  }

  @ParameterizedTest
  @CsvSource({
    "folder:/d/a@224, /d/a, 224",
    "folder:/d/a@b@256/224, /d/a@b, 256/224",
    "folder:a@64, a, 64",
  })
  void a_folder_may_say_how_its_images_are_scaled(String text, String location, String sides) {
    DataSpec spec = DataSpec.parse(text, Split.TEST);

    assertThat(spec.location()).isEqualTo(location);
    assertThat(spec.resizing().map(Resizing::toString)).contains(sides);
    assertThat(spec).hasToString(text);
    assertThat(DataSpec.parse(text + "/", Split.TEST).resizing()).isEmpty();
    assertThat(DataSpec.parse("cifar10:" + location + "@" + sides, Split.TEST).location())
        .isEqualTo(location + "@" + sides);
  }

  @Test
  void the_same_data_can_be_asked_for_another_split() {
    assertThat(DataSpec.parse("shapes:seed=1@train", Split.TRAIN).at(Split.TEST))
        .hasToString("shapes:seed=1@test");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cifar10",
        "/d/cifar",
        "C:\\data",
        "CIFAR10:/d",
        "cifar10:",
        "cifar10:@test",
        "folder: ",
        "folder:@224",
        "folder:/d/a@0",
        "folder:/d/a@224/256",
        "folder:/d/a@9999",
        "shapes:3",
        "shapes:seed=x",
        "shapes:size=9",
        "shapes:size=99999999",
        "shapes:size=-1",
        "shapes:seed=1,",
        "shapes:@trian"
      })
  void a_malformed_specification_is_refused_in_one_line(String text) {
    assertThatThrownBy(() -> DataSpec.parse(text, Split.TRAIN))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("; expected ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void a_missing_path_is_named_when_loaded() {
    for (String kind : new String[] {"cifar10", "tiny-imagenet", "folder"}) {
      assertThatThrownBy(() -> DataSpec.parse(kind + ":/no/such@trian", Split.TRAIN).load())
          .isInstanceOf(BadData.class)
          .hasMessageContaining("/no/such@trian");
    }
    assertThatThrownBy(() -> DataSpec.parse("folder:a\0b", Split.TRAIN).load())
        .isInstanceOf(BadData.class)
        .hasMessageContaining("is no path");
  }

  @Test
  void shapes_load_with_seed_and_size() {
    ImageSet images = DataSpec.parse("shapes:size=20,seed=4", Split.TEST).load();

    assertThat(images.size()).isEqualTo(20);
    assertThat(images.name()).isEqualTo("shapes:seed=4@test");
    assertThat(images.sha256()).isEqualTo(new Shapes(4).images(Split.TEST, 20).sha256());
  }

  @Test
  void foreign_text_in_messages_stays_on_one_line() {
    assertThat(new BadData("a\nb", "c\u001b[31m", "d")).hasMessage("a b: c [31m; expected d");
  }
}
