// Parts of the form library that need other words or no icons of a font.

import type { IconButtonProps, TemplatesType } from '@rjsf/utils';

function button(label: string, text: string) {
  return function Button({ icon, iconType, uiSchema, registry, className, ...props }: IconButtonProps) {
    void icon, iconType, uiSchema, registry;
    return (
      <button type="button" {...props} className={`button ${className ?? ''}`} title={label} aria-label={label}>
        {text}
      </button>
    );
  };
}

/** The templates that differ from the library's own. */
export const templates: Partial<Omit<TemplatesType, 'ButtonTemplates'>> & {
  ButtonTemplates: Partial<TemplatesType['ButtonTemplates']>;
} = {
  ButtonTemplates: {
    AddButton: button('Add an item', 'Add'),
    ClearButton: button('Clear', '×'),
    CopyButton: button('Copy the item', 'Copy'),
    MoveDownButton: button('Move down', '↓'),
    MoveUpButton: button('Move up', '↑'),
    RemoveButton: button('Remove the item', '×'),
  },
};
