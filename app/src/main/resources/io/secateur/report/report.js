(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('data').textContent);
  var open = [];
  var graph = null;
  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }
  function base() {
    return {
      animation: false,
      textStyle: { color: colour('soft'), fontFamily: 'inherit' },
      grid: { left: 8, right: 16, top: 34, bottom: 8, containLabel: true },
      tooltip: { trigger: 'axis', confine: true, backgroundColor: colour('card'), borderColor: colour('line'), textStyle: { color: colour('text') } }
    };
  }
  function axis(extra) {
    return Object.assign({
      axisLine: { lineStyle: { color: colour('line') } }, axisTick: { show: false },
      axisLabel: { color: colour('soft'), hideOverlap: true }, splitLine: { lineStyle: { color: colour('line') } },
      nameTextStyle: { color: colour('soft') }
    }, extra);
  }
  function legend(extra) {
    return Object.assign({ top: 0, left: 0, icon: 'roundRect', itemWidth: 14, itemHeight: 4, textStyle: { color: colour('soft') } }, extra);
  }
  function plain(text) {
    return String(text).replace(/[&<>"']/g, function (c) { return '&#' + c.charCodeAt(0) + ';'; });
  }

  function norms(element) {
    var option = base();
    option.tooltip.formatter = function (points) {
      var label = data.labels[points[0].dataIndex];
      return plain(label.label + ' ' + label.name) + '<br>size ' + label.norm.toFixed(1) + ', anomaly ' + label.anomalyIndex.toFixed(2) + ', works on ' + label.success.toFixed(1) + ' %';
    };
    option.xAxis = axis({ type: 'category', data: data.labels.map(function (l) { return l.label + ' ' + l.name; }), splitLine: { show: false } });
    option.xAxis.axisLabel = { color: colour('soft'), interval: data.labels.length > 24 ? 'auto' : 0, rotate: data.labels.length > 6 && element.clientWidth < 800 ? 55 : 0, width: 84, overflow: 'truncate' };
    option.yAxis = axis({ type: 'value', name: 'size' });
    option.series = [{
      type: 'bar', barMaxWidth: 42,
      data: data.labels.map(function (l) {
        return { value: l.norm, itemStyle: { color: l.accused ? colour('mark') : l.doubtful ? colour('open') : colour('accent'), borderRadius: [4, 4, 0, 0] } };
      })
    }];
    if (data.floor !== undefined) {
      option.series[0].markLine = { symbol: 'none', silent: true, lineStyle: { color: colour('soft'), type: 'dashed' }, label: { formatter: 'median', color: colour('soft'), position: 'insideEndTop' }, data: [{ yAxis: data.floor }] };
    }
    return option;
  }

  // [name of a column, colour] for each line of every search.
  function lines(columns, labelled) {
    var option = base();
    option.legend = legend({ type: 'scroll' });
    option.tooltip.valueFormatter = function (v) { return v === undefined || v === null ? '' : v.toFixed(3); };
    option.grid.top = 44;
    var longest = Math.max.apply(null, data.searches.map(function (s) { return s.mean.length; }).concat([1]));
    option.xAxis = axis({ type: 'category', data: Array.from({ length: longest }, function (_, i) { return i + 1; }), splitLine: { show: false }, boundaryGap: longest === 1 });
    option.yAxis = axis({ type: 'value', scale: true });
    option.series = [];
    data.searches.forEach(function (search, i) {
      columns.forEach(function (column) {
        var name = (labelled ? column[0] : '') + (data.searches.length > 1 ? (labelled ? ', ' : '') + 'search ' + (i + 1) : '');
        option.series.push({ name: name || column[0], type: 'line', showSymbol: search[column[0]].length < 3, data: search[column[0]], lineStyle: { width: 2, color: colour(column[1]), type: ['solid', 'dashed', 'dotted'][i % 3] }, itemStyle: { color: colour(column[1]) } });
      });
    });
    return option;
  }
  function curves() {
    var option = lines([['best', 'good'], ['mean', 'accent']], true);
    option.yAxis.max = function (v) { return v.max > -0.5 ? 0 : null; };
    return option;
  }
  function entropy() {
    return lines([['entropy', 'open']], false);
  }

  function tradeOff() {
    var option = base();
    option.tooltip.trigger = 'item';
    option.tooltip.formatter = function (point) {
      return plain(point.seriesName) + '<br>' + point.data.pruned + ' pruned: attack ' + point.data.value[0].toFixed(1) + ' %, accuracy ' + point.data.value[1].toFixed(1) + ' %';
    };
    option.legend = legend({ type: 'scroll', icon: 'circle', itemHeight: 9, itemWidth: 9, show: data.searches.length > 1 });
    option.grid.top = data.searches.length > 1 ? 52 : 30;
    option.grid.bottom = 24;
    option.xAxis = axis({ type: 'value', name: 'attack success, %', nameLocation: 'middle', nameGap: 26, min: 0, max: 100 });
    option.yAxis = axis({ type: 'value', name: 'accuracy, %', nameTextStyle: { color: colour('soft'), align: 'left' }, scale: true, boundaryGap: ['8%', '14%'] });
    option.series = data.searches.map(function (search, i) {
      var shade = colour(['accent', 'open', 'good'][i % 3]);
      return {
        name: search.name, type: 'scatter', itemStyle: { color: shade },
        data: search.points.map(function (p, k) {
          var chosen = k === search.chosen;
          return {
            value: [p.attackSuccess, data.mixed ? p.mixedAccuracy : p.cleanAccuracy], pruned: p.pruned, symbolSize: chosen ? 15 : 9, symbol: k === 0 ? 'emptyCircle' : 'circle',
            itemStyle: chosen ? { color: colour('mark'), borderColor: colour('text'), borderWidth: 1 } : { opacity: 0.75 },
            label: chosen || k === 0 ? { show: true, formatter: chosen ? 'chosen' : i === 0 ? 'as it came' : 'before this search', position: p.attackSuccess > 75 ? 'left' : chosen ? 'top' : 'right', align: chosen && p.attackSuccess <= 75 ? 'left' : undefined, color: colour('text') } : { show: false }
          };
        })
      };
    });
    return option;
  }

  // Layers as rings of radius 40 in cells of 116, in as many columns as the room asks for.
  function channelGraph(element) {
    var g = data.graph;
    var width = element.clientWidth - 48;
    var height = element.clientHeight - 48;
    var columns = Math.max(1, Math.min(g.rings.length, Math.round(Math.sqrt(g.rings.length * width / height))));
    var rows = Math.ceil(g.rings.length / columns);
    var members = g.rings.map(function () { return 0; });
    g.nodes.forEach(function (n) { members[n[0]]++; });
    var placed = g.rings.map(function () { return 0; });
    function centre(ring) { return [ring % columns * 116, Math.floor(ring / columns) * 116]; }
    var option = base();
    option.tooltip.trigger = 'item';
    option.tooltip.formatter = function (point) { return point.data && point.data.tip ? plain(point.data.tip) : ''; };
    var shade = colour('accent');
    var mark = colour('mark');
    var nodes = g.nodes.map(function (n, i) {
      var angle = 2 * Math.PI * placed[n[0]]++ / members[n[0]] - Math.PI / 2;
      var at = centre(n[0]);
      return { id: 'n' + i, name: 'n' + i, x: at[0] + 40 * Math.cos(angle), y: at[1] + 40 * Math.sin(angle), symbolSize: n[3] ? 9 : 3 + Math.min(3, n[2] / 4), itemStyle: { color: n[3] ? mark : shade, opacity: n[3] ? 1 : 0.7 }, tip: g.rings[n[0]][0] + ', channel ' + n[1] + ': ' + n[2] + ' edges' + (n[3] ? ', pruned' : '') };
    });
    g.rings.forEach(function (r, i) {
      nodes.push({ id: 'r' + i, name: 'r' + i, x: centre(i)[0], y: centre(i)[1], symbolSize: 0.1, tip: '', label: { show: true, formatter: r[0].length > 16 ? '…' + r[0].slice(-15) : r[0], color: r[1] ? colour('text') : colour('soft'), fontSize: 10, fontWeight: r[1] ? 'bold' : 'normal' } });
    });
    var across = columns * 116 - 36;
    var down = rows * 116 - 36;
    var scale = Math.min(width / across, height / down);
    option.series = [{
      type: 'graph', layout: 'none', roam: true, scaleLimit: { min: 0.5, max: 20 }, labelLayout: { hideOverlap: true },
      left: 24 + (width - across * scale) / 2, top: 24 + (height - down * scale) / 2, width: across * scale, height: down * scale,
      data: nodes,
      edges: g.edges.map(function (e) {
        var cut = g.nodes[e[0]][3] || g.nodes[e[1]][3];
        return { source: 'n' + e[0], target: 'n' + e[1], lineStyle: { color: cut ? mark : shade, opacity: cut ? 0.7 : 0.18, width: cut ? 1.2 : 0.7 } };
      })
    }];
    return option;
  }

  function features(column) {
    return function () {
      var f = data.features;
      var option = base();
      var kinds = [['other classes', 'soft', 'circle', 0.45, 5], ['triggered', 'mark', 'triangle', 0.75, 7], ['clean ' + (f.target || 'target'), 'accent', 'circle', 0.9, 6]];
      option.tooltip.trigger = 'item';
      option.tooltip.formatter = function (point) { return plain(point.seriesName) + (point.data ? ', label ' + point.data[2] : ''); };
      option.legend = legend({ type: 'scroll', icon: 'circle', itemHeight: 9, itemWidth: 9, itemGap: 16 });
      option.grid.top = 40;
      // Both pictures on the same scale.
      function range(at) {
        var values = [];
        f.points.forEach(function (p) { values.push(p[at], p[at + 2]); });
        var low = Math.min.apply(null, values);
        var high = Math.max.apply(null, values);
        var room = (high - low) * 0.06 || 1;
        return { min: low - room, max: high + room };
      }
      option.xAxis = axis(Object.assign({ type: 'value', axisLabel: { show: false } }, range(2)));
      option.yAxis = axis(Object.assign({ type: 'value', axisLabel: { show: false } }, range(3)));
      option.series = [0, 2, 1].map(function (kind) {
        var style = kinds[kind];
        return {
          name: style[0], type: 'scatter', symbol: style[2], symbolSize: style[4], itemStyle: { color: colour(style[1]), opacity: style[3] },
          data: f.points.filter(function (p) { return p[1] === kind; }).map(function (p) { return [p[column], p[column + 1], p[0]]; })
        };
      }).filter(function (series) { return series.data.length > 0; });
      return option;
    };
  }

  function draw() {
    open.forEach(function (chart) { chart.dispose(); });
    open = [];
    graph = null;
    var points = data.features && data.features.points;
    var kept = data.searches.length > 0;
    [
      ['norms', data.labels && norms], ['curves', kept && curves], ['entropy', kept && entropy], ['trade-off', kept && tradeOff],
      ['channel-graph', data.graph.nodes && channelGraph], ['features-before', points && features(2)], ['features-after', points && features(4)]
    ].forEach(function (pair) {
      var element = document.getElementById(pair[0]);
      if (element && pair[1]) {
        var chart = echarts.init(element, null, { renderer: 'svg' });
        chart.setOption(pair[1](element));
        if (pair[0] === 'channel-graph') {
          graph = chart;
        }
        open.push(chart);
      }
    });
  }

  function zoom(factor) {
    if (!graph) {
      return;
    }
    if (factor === 0) {
      graph.setOption(channelGraph(document.getElementById('channel-graph')), true);
    } else {
      graph.dispatchAction({ type: 'graphRoam', seriesIndex: 0, zoom: factor, originX: graph.getWidth() / 2, originY: graph.getHeight() / 2 });
    }
  }
  document.querySelectorAll('[data-zoom]').forEach(function (button) {
    button.addEventListener('click', function () { zoom(Number(button.dataset.zoom)); });
  });

  // A column that was sorted downwards is sorted upwards next.
  function key(row, column) {
    var cell = row.cells[column];
    var text = cell.dataset.sort === undefined ? cell.textContent.trim().replace('−', '-') : cell.dataset.sort;
    var number = parseFloat(text);
    return text === '' || text === '–' ? -Infinity : column > 0 && !isNaN(number) ? number : text;
  }
  document.querySelectorAll('table.sortable').forEach(function (table) {
    var body = table.tBodies[0];
    Array.from(table.tHead.rows[0].cells).forEach(function (header, column) {
      header.querySelector('button').addEventListener('click', function () {
        var falling = header.getAttribute('aria-sort') !== 'descending';
        Array.from(table.tHead.rows[0].cells).forEach(function (other) { other.removeAttribute('aria-sort'); });
        header.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
        Array.from(body.rows)
          .map(function (row) { return { row: row, key: key(row, column) }; })
          .sort(function (a, b) { return (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) * (falling ? -1 : 1); })
          .forEach(function (entry) { body.appendChild(entry.row); });
      });
    });
  });

  draw();
  var pending;
  var width = document.body.clientWidth;
  new ResizeObserver(function () {
    if (document.body.clientWidth !== width) {
      width = document.body.clientWidth;
      clearTimeout(pending);
      pending = setTimeout(draw, 60);
    }
  }).observe(document.body);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
