package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.ChannelSite.Role;
import io.secateur.nn.StockArchitectures.Options;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelSiteTest {
  private static final Options SMALL_IMAGES = new Options(new FeatureShape(3, 32, 32), 10);

  @Test
  void a_residual_block_has_an_inner_site_its_branch_and_its_rectified_sum() {
    List<ChannelSite> last = stage("resnet18", "layer4");

    assertThat(last)
        .extracting(ChannelSite::role)
        .containsExactlyInAnyOrder(
            Role.INNER, Role.BRANCH, Role.BRANCH, Role.SUM, Role.INNER, Role.BRANCH, Role.SUM);
    assertThat(last).allMatch(site -> site.channels() == 512);
    assertThat(nodes(last, Role.BRANCH))
        .containsExactly("layer4.0.bn2", "layer4.0.shortcut.1", "layer4.1.bn2");
    Architecture architecture = StockArchitectures.build("resnet18", SMALL_IMAGES);
    assertThat(nodes(last, Role.SUM))
        .hasSize(2)
        .allMatch(node -> architecture.node(node).layer() instanceof Layer.Relu);
  }

  @Test
  void a_block_has_its_branches_sum_in_common_with_its_sum() {
    List<ChannelSite> last = stage("resnet18", "layer4");

    String first = last.stream().filter(site -> site.role() == Role.SUM).findFirst().get().join();
    assertThat(last.stream().filter(site -> site.join().equals(first)))
        .extracting(ChannelSite::role)
        .containsExactlyInAnyOrder(Role.BRANCH, Role.BRANCH, Role.SUM);
  }

  @Test
  void a_pre_activation_block_writes_its_branch_with_a_bare_convolution() {
    List<ChannelSite> last = stage("preactresnet18", "layer4");
    Architecture architecture = StockArchitectures.build("preactresnet18", SMALL_IMAGES);

    assertThat(nodes(last, Role.BRANCH))
        .hasSize(3)
        .allMatch(node -> architecture.node(node).layer() instanceof Layer.Conv2d);
    assertThat(nodes(last, Role.SUM))
        .hasSize(2)
        .allMatch(node -> architecture.node(node).layer() instanceof Layer.Add);
    // The batch norm that reads a sum, or what another stage hands on, is no place of its own.
    assertThat(nodes(last, Role.INNER)).hasSize(2);
  }

  @Test
  void without_additions_all_sites_are_inner() {
    assertThat(ChannelSite.of(StockArchitectures.build("vgg16-bn", SMALL_IMAGES)))
        .hasSize(13)
        .allMatch(site -> site.role() == Role.INNER);
  }

  private static List<ChannelSite> stage(String architecture, String name) {
    return ChannelSite.of(StockArchitectures.build(architecture, SMALL_IMAGES)).stream()
        .filter(site -> site.stage().equals(name))
        .toList();
  }

  private static List<String> nodes(List<ChannelSite> sites, Role role) {
    return sites.stream().filter(site -> site.role() == role).map(ChannelSite::node).toList();
  }
}
