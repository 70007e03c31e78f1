package io.secateur.prune;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Channel;
import io.secateur.nn.CouplingGroup;
import io.secateur.nn.CouplingGroups;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Channels are followed through layers that only move them about. */
class RearrangedChannelsTest {
  /** Where channel i of the shuffle comes from. */
  private static final int[] SOURCES = {2, 0, 3, 1};

  private static Architecture shuffled() {
    ArchitectureBuilder net = new ArchitectureBuilder("shuffled", new FeatureShape(3, 8, 8));
    net.conv("a", net.input(), 4, 3, 1, 1, true);
    net.add("first", new Layer.ChannelSlice(0, 2), "a");
    net.add("second", new Layer.ChannelSlice(2, 2), "a");
    net.add("joined", new Layer.Concat(), "second", "first");
    net.add("line", new Layer.ChannelAffine(List.of(2f), List.of(0f)), "joined");
    net.add("shuffle", new Layer.ChannelShuffle(2), "line");
    net.add("around", new Layer.SpatialPad(0, 1, 0, 1, 0), "shuffle");
    net.add("pool", new Layer.GlobalAveragePool(), "around");
    net.add("flat", new Layer.Flatten(), "pool");
    net.add("again", new Layer.Unflatten(4, 1, 1), "flat");
    net.add("end", new Layer.Flatten(), "again");
    net.linear("fc", "end", 2);
    return net.build();
  }

  @Test
  void slices_and_shuffles_keep_track_of_each_channel() {
    CouplingGroups groups = CouplingGroups.of(shuffled());
    for (int i = 0; i < SOURCES.length; i++) {
      CouplingGroup source = groups.groupOf(new Channel("a", SOURCES[i]));
      assertThat(groups.groupAt("shuffle", i)).hasValue(source.id());
      assertThat(groups.groupAt("end", i)).hasValue(source.id());
      assertThat(ChannelOrigins.of(shuffled(), "end", i))
          .containsExactly(new Channel("a", SOURCES[i]));
    }
  }

  @Test
  void features_that_become_one_channel_live_and_die_together() {
    ArchitectureBuilder net = new ArchitectureBuilder("gathered", new FeatureShape(3, 8, 8));
    net.conv("a", net.input(), 4, 3, 1, 1, true);
    net.add("pool", new Layer.GlobalAveragePool(), "a");
    net.add("flat", new Layer.Flatten(), "pool");
    net.add("map", new Layer.Unflatten(1, 2, 2), "flat");
    net.add("end", new Layer.Flatten(), "map");
    net.linear("fc", "end", 2);
    CouplingGroups groups = CouplingGroups.of(net.build());
    assertThat(groups.groupOf(new Channel("a", 0)).members()).hasSize(4);
  }
}
