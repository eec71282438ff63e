import { builtInClass } from '../runtime/classes.mjs';
import { PlatformType, silent } from '../runtime/platform-types.mjs';
import { ApexList } from '../values/collections.mjs';
import { apexType } from '../values/types.mjs';

const DATA_ROW = apexType('VisualEditor.DataRow');

/** One choice of a dynamic picklist. */
export class DataRow {
  constructor(label, value, isSelected = false) {
    Object.assign(this, { label, value, isSelected });
  }
}

/** The choices of a dynamic picklist. */
export class DynamicPickListRows {
  constructor(rows = [], containsAllRows = false) {
    this.rows = rows;
    this.containsAllRows = containsAllRows;
  }
}

/** Where in App Builder a dynamic picklist is asked; see VisualEditor.DesignTimePageContext. */
export class DesignTimePageContext {
  constructor({ entityName = null, pageType = null } = {}) {
    this.entityName = entityName;
    this.pageType = pageType;
  }
}

function setter(name) {
  return silent((target, value) => (target[name] = value));
}

const rowsMethods = {
  'addRow/1': silent(({ rows }, row) => rows.push(row)),
  'addAllRows/1': silent(({ rows }, more) => rows.push(...more.rows)),
  'getAllRows/0': ({ rows }) => new ApexList(DATA_ROW, rows),
  'getDataRows/0': ({ rows }) => new ApexList(DATA_ROW, rows),
  'get/1': ({ rows }, position) => rows[position],
  'size/0': ({ rows }) => rows.length,
  'containsAllRows/0': (target) => target.containsAllRows,
  'setContainsAllRows/1': setter('containsAllRows')
};

export const visualEditorTypes = [
  new PlatformType('VisualEditor.DynamicPickList', {
    builtIn: builtInClass('VisualEditor.DynamicPickList')
  }),
  new PlatformType('VisualEditor.DynamicPickListRows', {
    holds: DynamicPickListRows,
    constructors: {
      0: () => new DynamicPickListRows(),
      1: (rows) => new DynamicPickListRows([...rows]),
      2: (rows, containsAllRows) => new DynamicPickListRows([...rows], containsAllRows)
    },
    methods: rowsMethods
  }),
  new PlatformType('VisualEditor.DataRow', {
    holds: DataRow,
    constructors: {
      2: (label, value) => new DataRow(label, value),
      3: (label, value, isSelected) => new DataRow(label, value, isSelected)
    },
    methods: {
      'getLabel/0': (row) => row.label,
      'setLabel/1': setter('label'),
      'getValue/0': (row) => row.value,
      'setValue/1': setter('value'),
      'isSelected/0': (row) => row.isSelected,
      'setSelected/1': setter('isSelected')
    }
  }),
  new PlatformType('VisualEditor.DesignTimePageContext', {
    holds: DesignTimePageContext,
    constructors: { 0: () => new DesignTimePageContext() },
    properties: {
      entityName: (context) => context.entityName,
      pageType: (context) => context.pageType
    },
    assignable: { entityName: setter('entityName'), pageType: setter('pageType') }
  })
];
