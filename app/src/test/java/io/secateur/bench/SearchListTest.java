package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.BadData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchListTest {
  @TempDir private Path folder;

  private SearchList list(String text) throws IOException {
    return SearchList.read(Files.writeString(folder.resolve("list.yaml"), text));
  }

  @Test
  void searches_are_listed_in_order() throws IOException {
    assertThat(list("- {name: greedy, search: greedy}\n- {name: onp}\n").entries().keySet())
        .containsExactly("greedy", "onp");
  }

  @Test
  void a_list_that_cannot_be_read_is_refused_by_cause() {
    Path none = folder.resolve("none.yaml");

    assertThatThrownBy(() -> SearchList.read(none))
        .isInstanceOf(BadData.class)
        .hasMessage(none + ": does not exist; expected a readable file");
    assertThatThrownBy(() -> SearchList.read(folder)).hasMessageContaining(": is no regular file;");
    assertThatThrownBy(() -> list("- {name: a}\n- {name: a}\n"))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("two searches are called 'a'; expected a list of searches");
    assertThatThrownBy(() -> list("- {nome: a}\n"))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("nome");
  }
}
