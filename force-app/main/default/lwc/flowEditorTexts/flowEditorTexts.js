import ADD_ATTRIBUTE from '@salesforce/label/c.Personalization_FlowEditor_AddAttribute';
import ADD_OBJECT_ATTRIBUTE from '@salesforce/label/c.Personalization_FlowEditor_AddObjectAttribute';
import ADD_IDENTITY from '@salesforce/label/c.Personalization_FlowEditor_AddIdentity';
import ATTRIBUTE from '@salesforce/label/c.Personalization_FlowEditor_Attribute';
import ATTRIBUTES from '@salesforce/label/c.Personalization_FlowEditor_Attributes';
import ATTRIBUTES_HELP from '@salesforce/label/c.Personalization_FlowEditor_AttributesHelp';
import BLANK from '@salesforce/label/c.Personalization_FlowEditor_Blank';
import BLANK_CLEAR from '@salesforce/label/c.Personalization_FlowEditor_BlankClear';
import BLANK_SKIP from '@salesforce/label/c.Personalization_FlowEditor_BlankSkip';
import COLLECTIONS from '@salesforce/label/c.Personalization_FlowEditor_Collections';
import COLLECTIONS_HELP from '@salesforce/label/c.Personalization_FlowEditor_CollectionsHelp';
import DATASET from '@salesforce/label/c.Personalization_FlowEditor_Dataset';
import FAULT from '@salesforce/label/c.Personalization_FlowEditor_Fault';
import FAULT_HELP from '@salesforce/label/c.Personalization_FlowEditor_FaultHelp';
import IDENTITIES from '@salesforce/label/c.Personalization_FlowEditor_Identities';
import IDENTITIES_HELP from '@salesforce/label/c.Personalization_FlowEditor_IdentitiesHelp';
import IDENTITY from '@salesforce/label/c.Personalization_FlowEditor_Identity';
import INTERACTION from '@salesforce/label/c.Personalization_FlowEditor_Interaction';
import INTERACTION_HELP from '@salesforce/label/c.Personalization_FlowEditor_InteractionHelp';
import INTERVIEW_ID from '@salesforce/label/c.Personalization_FlowEditor_InterviewId';
import LOADING from '@salesforce/label/c.Personalization_FlowEditor_Loading';
import MOST_OBJECT_ATTRIBUTES from '@salesforce/label/c.Personalization_FlowEditor_MostObjectAttributes';
import MOST_REACHED from '@salesforce/label/c.Personalization_FlowEditor_MostReached';
import NAME from '@salesforce/label/c.Personalization_FlowEditor_Name';
import OBJECT_ATTRIBUTE from '@salesforce/label/c.Personalization_FlowEditor_ObjectAttribute';
import OBJECT_ATTRIBUTES from '@salesforce/label/c.Personalization_FlowEditor_ObjectAttributes';
import OBJECT_ID from '@salesforce/label/c.Personalization_FlowEditor_ObjectId';
import OBJECT_TYPE from '@salesforce/label/c.Personalization_FlowEditor_ObjectType';
import OBJECTS from '@salesforce/label/c.Personalization_FlowEditor_Objects';
import OBJECTS_HELP from '@salesforce/label/c.Personalization_FlowEditor_ObjectsHelp';
import OPTIONS from '@salesforce/label/c.Personalization_FlowEditor_Options';
import RECORD_ID from '@salesforce/label/c.Personalization_FlowEditor_RecordId';
import REPETITIONS from '@salesforce/label/c.Personalization_FlowEditor_Repetitions';
import REPETITIONS_HELP from '@salesforce/label/c.Personalization_FlowEditor_RepetitionsHelp';
import SET_BY from '@salesforce/label/c.Personalization_FlowEditor_SetBy';
import TYPE from '@salesforce/label/c.Personalization_FlowEditor_Type';
import TYPE_BOOLEAN from '@salesforce/label/c.Personalization_FlowEditor_TypeBoolean';
import TYPE_DATE from '@salesforce/label/c.Personalization_FlowEditor_TypeDate';
import TYPE_NUMBER from '@salesforce/label/c.Personalization_FlowEditor_TypeNumber';
import TYPE_TEXT from '@salesforce/label/c.Personalization_FlowEditor_TypeText';
import UNAVAILABLE from '@salesforce/label/c.Personalization_FlowEditor_Unavailable';
import VALIDATE_ONLY from '@salesforce/label/c.Personalization_FlowEditor_ValidateOnly';
import VALIDATE_ONLY_HELP from '@salesforce/label/c.Personalization_FlowEditor_ValidateOnlyHelp';

/** The words of the property editor, in the user's language. */
export {
  ADD_ATTRIBUTE,
  ADD_IDENTITY,
  ADD_OBJECT_ATTRIBUTE,
  ATTRIBUTE,
  ATTRIBUTES,
  ATTRIBUTES_HELP,
  BLANK,
  BLANK_CLEAR,
  BLANK_SKIP,
  COLLECTIONS,
  COLLECTIONS_HELP,
  DATASET,
  FAULT,
  FAULT_HELP,
  IDENTITIES,
  IDENTITIES_HELP,
  IDENTITY,
  INTERACTION,
  INTERACTION_HELP,
  INTERVIEW_ID,
  LOADING,
  MOST_OBJECT_ATTRIBUTES,
  MOST_REACHED,
  NAME,
  OBJECT_ATTRIBUTE,
  OBJECT_ATTRIBUTES,
  OBJECT_ID,
  OBJECT_TYPE,
  OBJECTS,
  OBJECTS_HELP,
  OPTIONS,
  RECORD_ID,
  REPETITIONS,
  REPETITIONS_HELP,
  SET_BY,
  TYPE,
  TYPE_BOOLEAN,
  TYPE_DATE,
  TYPE_NUMBER,
  TYPE_TEXT,
  UNAVAILABLE,
  VALIDATE_ONLY,
  VALIDATE_ONLY_HELP
};
